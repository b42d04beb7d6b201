namespace Brink.Runs;

/// <summary>The state of a run, or the reason for its end.</summary>
public enum RunStatus
{
    /// <summary>A process writes the run, unless it was killed.</summary>
    Running,

    /// <summary>The run made all its steps.</summary>
    Completed,

    /// <summary>The sharpness did not reach 2/eta.</summary>
    Stable,

    /// <summary>The loss or another value was not finite, or the loss grew beyond recovery.</summary>
    Diverged,

    /// <summary>The user interrupted the run; it can be resumed.</summary>
    Interrupted,

    /// <summary>The run could not be computed: the derivative audit did not pass, or the data were not available.</summary>
    Failed,
}

/// <summary>The names of the statuses.</summary>
public static class RunStatusExtensions
{
    /// <summary>Returns the name in the manifest and on the command line.</summary>
    public static string Name(this RunStatus status) => status.ToString().ToLowerInvariant();
}
