using System.Globalization;
using Brink.Lab;
using Brink.Reports;
using Brink.Runs;

namespace Brink.Cli;

/// <summary>A meta-training while it goes on, and what it came to.</summary>
internal static class GameTrainingDisplay
{
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
        var restored = reader.Events().Where(e => e.Kind == "diverged").Select(e => e.Message).ToArray();
        foreach (var message in restored) Console.Error.WriteLine($"brink: {message}");
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
                Restored = restored,
                Weights = weights,
                Run = reader.Folder,
                Page = page,
            });
        }
        else
        {
            Console.Out.WriteLine($"{summary.Status.Name()} in {summary.Seconds.ToString("f1", CultureInfo.InvariantCulture)} s: {summary.Message}");
            Console.Out.WriteLine(Story.Of(reader));
            Console.Out.WriteLine($"weights  {Path.GetRelativePath(".", weights)}");
            Console.Out.WriteLine($"page     {Path.GetRelativePath(".", page)}");
        }
        return summary.Status == RunStatus.Completed
            ? Answer.Success
            : Answer.Error($"{summary.Status.Name()}: {summary.Message}; 'brink resume {RunPage.Named(summary.Folder)}' goes on", Answer.Failed);
    }
}
