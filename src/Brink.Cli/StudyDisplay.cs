using System.Globalization;
using Brink.Lab;
using Spectre.Console;

namespace Brink.Cli;

/// <summary>Shows the progress of a study, with a line for each phase that has its own length. Where stderr is not a terminal, it
/// only notes the remaining time of a long phase.</summary>
internal static class StudyDisplay
{
    public static TResult Show<TResult>(string name, Func<Action<StudyProgress>?, TResult> study) =>
        Console.IsErrorRedirected ? study(new RemainingTime(TimeProvider.System, Answer.Note).Put) : Drawn(name, study);

    private static TResult Drawn<TResult>(string name, Func<Action<StudyProgress>?, TResult> study) =>
        TerminalProgress.Show<StudyProgress, TResult>(TerminalProgress.OfSteps, study, context =>
        {
            var task = context.AddTask(Markup.Escape(name));
            task.IsIndeterminate = true;
            StudyProgress? last = null;
            return progress =>
            {
                var another = progress.Phase != last?.Phase;
                if (last?.Total is not null && progress.Done < last.Done)
                {
                    // A new task: the time left is estimated from this phase alone.
                    task.StopTask();
                    task = context.AddTask(Markup.Escape(progress.Phase));
                }
                if (progress.Total is { } whole)
                    (task.IsIndeterminate, task.MaxValue, task.Value) = (false, Math.Max(1, whole), progress.Done);
                task.Description = Markup.Escape(Description(progress));
                last = progress;
                return another || progress.Done >= progress.Total;
            };
        });

    private static string Description(StudyProgress progress)
    {
        if (progress.Values.Count == 0) return progress.Phase;
        var values = progress.Values.Select(value =>
            string.Create(CultureInfo.InvariantCulture, $"{value.Name} {value.Value:g4}"));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{progress.Phase} {progress.Unit} {progress.Done:g6}  {string.Join("  ", values)}");
    }
}
