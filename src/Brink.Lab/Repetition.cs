using Brink.Runs;

namespace Brink.Lab;

/// <summary>A run made once more from what it says of itself.</summary>
public static class Repetition
{
    /// <summary>The study that a run was of; libtorch has as many threads as it had then.</summary>
    /// <exception cref="ExperimentException">The run is of no study that is a file.</exception>
    public static Study Of(RunManifest manifest, string run)
    {
        if (manifest.Text("study") is not { } kind || manifest.Text("experiment") is not { } experiment || kind is GameTrainingRun.OnGames or GameTrainingRun.OnGans)
            throw new ExperimentException($"{run}: not a run of 'brink run'; what made it can be called again");
        if (manifest.Number("threads") is { } threads) set_num_threads((int)threads);
        return ExperimentYaml.Parse(experiment, run);
    }

    /// <summary>What decides the last bits of a number, and is not as it was: one line each.</summary>
    public static IEnumerable<string> Differences(RunManifest manifest) =>
        RunJournal.Program.Append(("platform", RunJournal.Platform))
            .Where(one => manifest.Text(one.Item1) != one.Item2)
            .Select(one => $"{one.Item1}: {manifest.Text(one.Item1) ?? "unknown"} then, {one.Item2 ?? "unknown"} now; the last bits may differ");

    /// <summary>The data and the initial parameters are to be those of the other run: a new run that finds others does not
    /// begin.</summary>
    public static void Expect(RunWriter run, RunManifest manifest)
    {
        foreach (var key in new[] { "dataset_checksum", "parameters_checksum", "test_checksum" })
            if (manifest.Text(key) is { } checksum) run.SetManifest(key, checksum);
    }

    /// <summary>Whether two runs have the same numbers, in one line.</summary>
    public static string Comparison(RunReader then, RunReader now) => (then.Mark(), now.Mark()) switch
    {
        (null, _) or (_, null) => "no digests to compare by: one of the two was not run to its end by this version",
        var (a, b) => a!.Missing(b!).ToArray() switch
        {
            [] => "every number is the same, to the last bit",
            [var only] => $"not the same: {only}",
            [var first, .. var others] => $"not the same: {first}, and {others.Length} more",
        },
    };
}
