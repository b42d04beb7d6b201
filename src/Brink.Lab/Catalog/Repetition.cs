using Brink.Runs;

namespace Brink.Lab;

/// <summary>A run made once more from what it says of itself.</summary>
public static class Repetition
{
    /// <summary>The study that a run was of; libtorch has as many threads as it had then.</summary>
    /// <exception cref="ExperimentException">The run is of no study that can be run again from its manifest.</exception>
    public static Study Of(RunManifest manifest, string run, StudyKinds? kinds = null)
    {
        if ((kinds ?? StudyKinds.Standard).Find(manifest.Kind) is null || manifest.Get(RunSchema.Experiment) is not { } experiment)
            throw new ExperimentException($"{run}: not a run of a study that is saved with it; what made it can be called again");
        if (manifest.Get(RunSchema.Threads) is { } threads) set_num_threads((int)threads);
        return ExperimentYaml.Parse(experiment, run, kinds);
    }

    /// <summary>What decides the last bits of a number, and is not as it was: one line each.</summary>
    public static IEnumerable<string> Differences(RunManifest manifest) =>
        RunJournal.Program.Append((RunSchema.Platform.Name, RunJournal.Platform))
            .Where(one => manifest.Text(one.Item1) != one.Item2)
            .Select(one => $"{one.Item1}: {manifest.Text(one.Item1) ?? "unknown"} then, {one.Item2 ?? "unknown"} now; the last bits may differ");

    /// <summary>The data and the initial parameters are to be those of the other run: a new run that finds others does not
    /// begin.</summary>
    public static void Expect(RunWriter run, RunManifest manifest)
    {
        foreach (var key in new[] { RunSchema.DatasetChecksum, RunSchema.ParametersChecksum, RunSchema.TestChecksum })
            if (manifest.Get(key) is { } checksum) run.Set(key, checksum);
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
