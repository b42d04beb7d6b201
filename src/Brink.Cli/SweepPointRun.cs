using Brink.Cli.Commands;
using Brink.Lab;
using Brink.Runs;

namespace Brink.Cli;

/// <summary>Computes one point of a sweep in this process: for the job server of <see cref="SweepRun"/>, and for any
/// scheduler.</summary>
internal static class SweepPointRun
{
    /// <summary>Runs a point, or resumes its run.</summary>
    /// <param name="folder">Folder of the sweep.</param>
    /// <param name="index">Number of the point, from 1.</param>
    /// <param name="retry">True to try a failed point again.</param>
    /// <param name="pace">Pace of checkpoints.</param>
    /// <param name="json">True to print one JSON document.</param>
    /// <returns>The exit code: success for a run that diverged, which is a result of a sweep.</returns>
    public static int Of(SweepFolder folder, int index, bool retry, CheckpointPace pace, bool json)
    {
        if (index < 1 || index > folder.Sweep.Points.Count)
            throw new InputException($"--index {index}: the sweep has points 1 to {folder.Sweep.Points.Count}");
        var (point, run) = (folder.Sweep.Points[index - 1], folder.RunOf(index));
        var row = folder.Row(point);
        if (row.HasOutcome)
        {
            using var reader = RunReader.Open(run);
            StudyAnswer.Write(reader, json);
            return Answer.Success;
        }
        if (row.HasFailed && !retry)
            return Answer.Error($"point {index}: {row.Status}: {row.Message}; try it again with --retry", Answer.Failed);
        var code = Begun(run)
            ? ResumeCommand.Run(run, pace, json)
            : New(folder.Sweep.At(point), $"{folder.Name}/{Path.GetFileName(run)}", run, pace, json);
        return folder.Row(point).HasOutcome ? Answer.Success : code;
    }

    /// <summary>Returns whether a run has begun. A process that was killed before leaves a folder without an experiment in its
    /// store.</summary>
    private static bool Begun(string run)
    {
        if (RunFolders.TryFind(RunFolders.DefaultRoot, run) is null) return false;
        try
        {
            return RunReader.ManifestOf(run).Get(RunSchema.Experiment) is not null;
        }
        catch (RunStoreException)
        {
            // Resumption keeps a damaged store and starts again.
            return File.Exists(Path.Combine(run, RunFolders.ExperimentFile));
        }
    }

    private static int New(Study study, string name, string run, CheckpointPace pace, bool json)
    {
        if (Directory.Exists(run)) RunFolders.Remove(run);
        return StudyAnswer.Of(study, name, run, pace, json);
    }
}
