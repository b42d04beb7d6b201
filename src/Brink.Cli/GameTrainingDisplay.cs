using System.Globalization;
using Brink.Lab;
using Brink.Reports;
using Brink.Runs;

namespace Brink.Cli;

/// <summary>A meta-training while it goes on, and what it came to.</summary>
internal static class GameTrainingDisplay
{
    // Of epochs that went wrong so many are told one by one.
    private const int Told = 3;

    public static RunSummary Show(string name, IOptimizerTraining training, Func<Action<GameTrainingProgress>?, RunSummary> run) =>
        TerminalProgress.Show(TerminalProgress.OfSteps, run, context =>
        {
            var task = context.AddTask(name, maxValue: training.Epochs);
            return progress =>
            {
                task.Value = progress.Epoch;
                task.Description = string.Create(
                    CultureInfo.InvariantCulture,
                    $"epoch {progress.Epoch}  loss {progress.Loss:g4}  validation {progress.Score:f2}  best {progress.Best:f2}");
                return false;
            };
        });

    public static int Tell(RunSummary summary, bool json)
    {
        using var reader = RunReader.Open(summary.Folder);
        var page = RunPage.Write(reader);
        var weights = Path.Combine(reader.Folder, "weights.safetensors");
        var wrong = reader.Events().Where(e => e.Kind is GameTrainingRun.Diverged or GameTrainingRun.EndedEarly).ToArray();
        foreach (var one in wrong.Take(Told)) Console.Error.WriteLine($"brink: {one.Message}");
        if (wrong.Length > Told) Console.Error.WriteLine($"brink: and {wrong.Length - Told} more such epochs; the run's events name them");
        var manifest = reader.Manifest();
        if (json)
        {
            Answer.Print(new
            {
                Status = summary.Status.Name(),
                summary.Message,
                summary.Seconds,
                ValidationSteps = manifest.Number("best_score"),
                BestEpoch = manifest.Number("best_epoch"),
                Restored = wrong.Where(one => one.Kind == GameTrainingRun.Diverged).Select(one => one.Message),
                EndedEarly = wrong.Where(one => one.Kind == GameTrainingRun.EndedEarly).Select(one => one.Message),
                Weights = File.Exists(weights) ? weights : null,
                Run = reader.Folder,
                Page = page,
            });
        }
        else
        {
            Console.Out.WriteLine($"{summary.Status.Name()} in {summary.Seconds.ToString("f1", CultureInfo.InvariantCulture)} s: {summary.Message}");
            Console.Out.WriteLine(Story.Of(reader));
            if (File.Exists(weights)) Console.Out.WriteLine($"weights  {Path.GetRelativePath(".", weights)}");
            Console.Out.WriteLine($"page     {Path.GetRelativePath(".", page)}");
        }
        return summary.Status == RunStatus.Completed
            ? Answer.Success
            : Answer.Error(
                $"{summary.Status.Name()}: {summary.Message}"
                    + (summary.Status == RunStatus.Interrupted ? $"; 'brink resume {RunPage.Named(summary.Folder)}' goes on" : ""),
                Answer.Failed);
    }
}
