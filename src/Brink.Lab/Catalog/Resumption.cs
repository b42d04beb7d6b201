using Brink.Runs;

namespace Brink.Lab;

/// <summary>A run that ended early, rolled back to the newest checkpoint from which it can continue, or else to its
/// beginning.</summary>
/// <param name="Run">Writer of the run in this process.</param>
/// <param name="From">Checkpoint to continue from; null: from the beginning.</param>
/// <param name="Name">Name of the run.</param>
/// <param name="Kind">The kind of its study.</param>
/// <param name="Study">The study that was saved with the run.</param>
/// <param name="DamagedParts">Damaged parts of the run, one line each; they are computed again.</param>
public sealed record Resumption(
    RunWriter Run, Checkpoint? From, string Name, StudyKind Kind, Study Study, IReadOnlyList<string> DamagedParts) : IDisposable
{
    private static readonly RunStatus[] Ended = [RunStatus.Completed, RunStatus.Stable, RunStatus.Diverged];

    /// <exception cref="ExperimentException">The run is complete, of another version or experiment, or does not name its
    /// study.</exception>
    /// <exception cref="RunStoreException">There is no run, another process writes it, or it cannot be written.</exception>
    public static Resumption Of(string folder, StudyKinds? kinds = null)
    {
        var known = kinds ?? StudyKinds.Standard;
        var (run, damage) = RunWriter.Reopen(folder, () => CheckWithoutStore(folder, known));
        try
        {
            return Of(folder, run, damage, known);
        }
        catch
        {
            run.Dispose();
            throw;
        }
    }

    /// <summary>Runs the rest of the study to its end and closes the run.</summary>
    public RunSummary Continue(CheckpointPace? pace, Action<StudyProgress>? progress, CancellationToken cancellation)
    {
        using (Run)
        {
            var run = Kind.Of(Study, Run, TimeProvider.System, pace ?? CheckpointPace.Usual);
            return From is null ? run.Run(Name, progress, cancellation) : run.Resume(From, progress, cancellation);
        }
    }

    /// <summary>Closes the run.</summary>
    public void Dispose() => Run.Dispose();

    private static Resumption Of(string folder, RunWriter run, string? damage, StudyKinds kinds)
    {
        var manifest = run.Manifest();
        if (Ended.Any(status => status.Name() == manifest.Status))
            throw new ExperimentException($"{folder}: {manifest.Status}; there is nothing to resume");
        var experiment = ExperimentOf(folder, manifest, kinds);
        var kind = kinds.Named(manifest.Kind ?? ExperimentYaml.KindOf(experiment, folder));
        var study = ExperimentYaml.Parse(experiment, folder, kinds);
        var damaged = new List<string>();
        if (damage is not null) damaged.Add(damage);
        var from = RollBack(folder, run, experiment, damaged);
        if (from is null)
        {
            run.RollBack(RunMark.Empty);
            Repetition.Expect(run, manifest);
        }
        // The last bits depend on the number of threads in a sum.
        if (manifest.Get(RunSchema.Threads) is { } threads) set_num_threads((int)threads);
        run.Set(RunSchema.Resumed, (manifest.Get(RunSchema.Resumed) ?? 0) + 1);
        run.Set(RunSchema.Status, RunStatus.Running.Name());
        run.Set(RunSchema.Kind, kind.Name);
        run.Commit();
        return new(
            run,
            from,
            manifest.Get(RunSchema.Name) ?? Path.GetFileName(run.Folder),
            kind,
            study,
            damaged);
    }

    /// <summary>Checks, by the files besides the store, that a run whose store cannot be read can start again.</summary>
    private static void CheckWithoutStore(string folder, StudyKinds kinds)
    {
        var experiment = ExperimentOf(folder, new(new Dictionary<string, string>(StringComparer.Ordinal)), kinds);
        ExperimentYaml.KindOf(experiment, folder);
        ExperimentYaml.Parse(experiment, folder, kinds);
        foreach (var file in CheckpointFiles.All(folder))
        {
            try
            {
                using var scope = NewDisposeScope();
                Check(Checkpoint.Read(file), file, experiment);
            }
            catch (Exception e) when (e is IOException and not RunStoreException or InvalidDataException)
            {
                // Damaged checkpoints are reported when the run continues.
            }
        }
    }

    private static string ExperimentOf(string folder, RunManifest manifest, StudyKinds kinds)
    {
        var file = Path.Combine(folder, RunFolders.ExperimentFile);
        var (stored, written) = (manifest.Get(RunSchema.Experiment), File.Exists(file) ? File.ReadAllText(file) : null);
        if (stored is not null && kinds.Find(manifest.Kind) is null)
            throw new ExperimentException($"{folder}: a run of the kind {manifest.Kind ?? "unknown"} cannot be resumed; run it again");
        if (stored is not null && written is not null && stored != written)
            throw new ExperimentException($"{file}: changed since the run began: {Difference(written, stored)}; restore the file");
        return stored ?? written ?? throw new ExperimentException($"{folder}: the run contains no experiment; run it again");
    }

    /// <summary>Rolls the store back to the newest intact checkpoint for which that is possible, and returns the checkpoint;
    /// otherwise null.</summary>
    private static Checkpoint? RollBack(string folder, RunWriter run, string experiment, List<string> damaged)
    {
        foreach (var file in CheckpointFiles.All(folder))
        {
            var name = Path.GetFileName(file);
            try
            {
                using var scope = NewDisposeScope();
                var checkpoint = Checkpoint.Read(file);
                Check(checkpoint, file, experiment);
                if (run.RollBack(checkpoint.Mark) is { } difference)
                {
                    damaged.Add($"checkpoint {name}: the store has changed since: {difference}");
                    continue;
                }
                foreach (var tensor in checkpoint.State.Tensors.Values) scope.MoveToOuter(tensor);
                return checkpoint;
            }
            catch (Exception e) when (e is IOException and not RunStoreException or InvalidDataException)
            {
                damaged.Add($"checkpoint {name}: {e.Message}");
            }
        }
        return null;
    }

    /// <summary>Checks that a run from a checkpoint gives the same numbers as the uninterrupted run.</summary>
    private static void Check(Checkpoint checkpoint, string file, string experiment)
    {
        var manifest = new RunManifest(checkpoint.Mark.Manifest);
        foreach (var (key, value) in RunJournal.Program)
        {
            if (manifest.Text(key) == value) continue;
            throw new ExperimentException(
                $"{file}: written with {key} {manifest.Text(key) ?? "unknown"}, and this program has {value ?? "unknown"}: the numbers"
                    + " could differ; resume it with the program that wrote it, or run it again");
        }
        if (manifest.Get(RunSchema.Experiment) is { } other && other != experiment)
            throw new ExperimentException($"{file}: belongs to another experiment: {Difference(other, experiment)}; remove the file");
    }

    /// <summary>Describes the first line that differs.</summary>
    private static string Difference(string there, string here)
    {
        var (left, right) = (there.Split('\n'), here.Split('\n'));
        for (var i = 0; i < Math.Max(left.Length, right.Length); i++)
        {
            var (a, b) = (left.ElementAtOrDefault(i) ?? "nothing", right.ElementAtOrDefault(i) ?? "nothing");
            if (a != b) return $"'{a.Trim()}', and the run has '{b.Trim()}'";
        }
        return "no line";
    }
}
