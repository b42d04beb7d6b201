namespace Brink.Bench;

/// <summary>Gain of each part of the process's preparation. It is fixed before libtorch allocates, so each
/// measurement has its own process; the settings take turns.</summary>
internal static class PreparationGains
{
    private const int Rounds = 5;

    private static readonly (string Name, string Variable, string Value)[] Settings =
    [
        ("everything on", "BRINK_KEEP_BLOCKS", "1"),
        ("allocator off", "BRINK_KEEP_BLOCKS", "0"),
        ("warnings on", "BRINK_QUIET", "0"),
        ("one thread", "BRINK_THREADS", "1"),
        ("threads spin for milliseconds", "BRINK_SHORT_WAITS", "0"),
        ("threads do not spin", "GOMP_SPINCOUNT", "0"),
        ("threads always spin", "OMP_WAIT_POLICY", "ACTIVE"),
    ];

    public static IReadOnlyList<PreparationGainsRow> Rows()
    {
        var times = Settings.Select(_ => new List<ProcessTimesRow>()).ToArray();
        for (var round = 0; round < Rounds; round++)
            for (var i = 0; i < Settings.Length; i++)
                times[i].Add(OwnProcess.Row<ProcessTimesRow>(ProcessTimes.Name, Settings[i].Variable, Settings[i].Value));
        return
        [
            .. Settings.Zip(times, (setting, rounds) => new PreparationGainsRow(
                setting.Name,
                $"{setting.Variable}={setting.Value}",
                Alternating.Median(rounds.Select(round => round.GradientMilliseconds)),
                Alternating.Median(rounds.Select(round => round.ProductMilliseconds)))),
        ];
    }
}

/// <summary>Median times of <see cref="ProcessTimesRow"/>, in milliseconds.</summary>
internal sealed record PreparationGainsRow(string Setting, string Variable, double GradientMilliseconds, double ProductMilliseconds);
