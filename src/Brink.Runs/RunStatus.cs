namespace Brink.Runs;

public enum RunStatus
{
    Running,
    Completed,

    /// <summary>2/eta was not reached.</summary>
    Stable,
    Diverged,
    Interrupted,
    Failed,
}

public static class RunStatusExtensions
{
    /// <summary>As the manifest and the command line say it.</summary>
    public static string Name(this RunStatus status) => status.ToString().ToLowerInvariant();
}
