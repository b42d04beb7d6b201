using System.Globalization;
using Brink.Lab;
using Spectre.Console;

namespace Brink.Cli;

/// <summary>Progress of a run: a line for each phase whose length is known.</summary>
internal static class RunDisplay
{
    public static RunSummary Show(string name, Func<Action<RunProgress>?, RunSummary> run) =>
        TerminalProgress.Show(TerminalProgress.OfSteps, run, context =>
        {
            var task = context.AddTask(Markup.Escape(name));
            task.IsIndeterminate = true;
            string? timed = null;
            return progress =>
            {
                if (progress.Steps is { } steps)
                {
                    if (progress.Phase != timed)
                    {
                        // A new task: the time left is estimated from this phase alone.
                        timed = progress.Phase;
                        task.StopTask();
                        task = context.AddTask(progress.Phase, maxValue: Math.Max(1, steps));
                    }
                    task.Value = progress.Step;
                }
                task.Description = string.Create(
                    CultureInfo.InvariantCulture,
                    $"{progress.Phase} step {progress.Step}  loss {progress.Loss:g4}  S/(2/η) {progress.Edge:f3}");
                return false;
            };
        });
}
