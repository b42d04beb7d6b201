using Brink.Runs;

namespace Brink.Lab;

/// <summary>Repeats a run from its manifest.</summary>
public static class Repetition
{
    /// <summary>Returns the study of a run, and gives libtorch the number of threads of that run.</summary>
    /// <exception cref="ExperimentException">The study of the run cannot be run again from its manifest.</exception>
    public static Study Of(RunManifest manifest, string run, StudyKinds? kinds = null)
    {
        if ((kinds ?? StudyKinds.Standard).Find(manifest.Kind) is null || manifest.Get(RunSchema.Experiment) is not { } experiment)
            throw new ExperimentException($"{run}: the run contains no study that can be repeated; call its command again");
        if (manifest.Get(RunSchema.Threads) is { } threads) set_num_threads((int)threads);
        return ExperimentYaml.Parse(experiment, run, kinds);
    }

    /// <summary>Lists the differences from the run that may change the last bits of a number, one line each.</summary>
    public static IEnumerable<string> Differences(RunManifest manifest) =>
        RunJournal.Program.Append((RunSchema.Platform.Name, RunJournal.Platform))
            .Where(one => manifest.Text(one.Item1) != one.Item2)
            .Select(one => $"{one.Item1}: {manifest.Text(one.Item1) ?? "unknown"} in the other run, {one.Item2 ?? "unknown"} now;"
                + " the last bits may differ");

    /// <summary>Requires the data and the initial parameters of another run: the new run does not start where they
    /// differ.</summary>
    public static void Expect(RunWriter run, RunManifest manifest)
    {
        foreach (var key in new[] { RunSchema.DatasetChecksum, RunSchema.ParametersChecksum, RunSchema.TestChecksum })
            if (manifest.Get(key) is { } checksum) run.Set(key, checksum);
    }

    /// <summary>Describes in one line whether two runs have the same numbers.</summary>
    public static string Comparison(RunReader then, RunReader now) => (then.Mark(), now.Mark()) switch
    {
        (null, _) or (_, null) =>
            "not comparable: at least one of the two runs has no digests, because it is incomplete or of an older version",
        var (a, b) => a!.Differences(b!).ToArray() switch
        {
            [] => "all numbers are the same, to the last bit",
            [var only] => $"not the same: {only}",
            [var first, .. var others] => $"not the same: {first}, and {others.Length} more",
        },
    };
}
