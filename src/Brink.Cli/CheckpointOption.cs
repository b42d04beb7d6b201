using System.CommandLine;
using Brink.Lab;

namespace Brink.Cli;

/// <summary>Option for the time between checkpoints.</summary>
internal static class CheckpointOption
{
    public static Option<double?> Every() => new("--checkpoint-every")
    {
        Description = "Seconds between checkpoints, from which 'brink resume' goes on; writing them takes 1 % of the time at most. 0: one at every step."
            + $" Default: {CheckpointPace.Usual.Every.TotalSeconds}.",
    };

    public static CheckpointPace Pace(double? seconds) => seconds switch
    {
        null => CheckpointPace.Usual,
        0 => CheckpointPace.Always,
        > 0 and < 1e6 => CheckpointPace.Usual with { Every = TimeSpan.FromSeconds(seconds.Value) },
        _ => throw new InputException($"--checkpoint-every {seconds}: seconds from 0 to a million"),
    };
}
