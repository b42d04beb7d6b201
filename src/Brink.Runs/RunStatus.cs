namespace Brink.Runs;

public enum RunStatus
{
    Running,
    Completed,

    /// <summary>The sharpness did not reach 2/eta.</summary>
    Stable,
    Diverged,
    Interrupted,
    Failed,
}

public static class RunStatusExtensions
{
    /// <summary>Returns the name in the manifest and on the command line.</summary>
    public static string Name(this RunStatus status) => status.ToString().ToLowerInvariant();
}
