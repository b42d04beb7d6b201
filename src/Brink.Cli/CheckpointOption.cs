using System.CommandLine;
using Brink.Lab;

namespace Brink.Cli;

/// <summary>Option for the time between checkpoints.</summary>
internal static class CheckpointOption
{
    public static Option<double?> Every() => new("--checkpoint-every")
    {
        Description = "Seconds between checkpoints, from which 'brink resume' continues; writing them takes at most 1 % of the time. 0: a"
            + $" checkpoint at every step. Default: {CheckpointPace.Usual.Every.TotalSeconds}.",
        HelpName = "SECONDS",
    };

    public static CheckpointPace Pace(double? seconds) => seconds switch
    {
        null => CheckpointPace.Usual,
        0 => CheckpointPace.Always,
        > 0 and < 1e6 => CheckpointPace.Usual with { Every = TimeSpan.FromSeconds(seconds.Value) },
        _ => throw new InputException($"--checkpoint-every {seconds}: it must be between 0 and 1,000,000 seconds"),
    };
}
