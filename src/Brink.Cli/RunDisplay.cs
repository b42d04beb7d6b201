using System.Diagnostics;
using System.Globalization;
using Brink.Lab;
using Spectre.Console;

namespace Brink.Cli;

/// <summary>Progress of a run on stderr, where that is a terminal.</summary>
internal static class RunDisplay
{
    private const int RefreshMilliseconds = 100;

    public static RunSummary Show(string name, Func<Action<RunProgress>?, RunSummary> run)
    {
        if (Console.IsErrorRedirected) return run(null);
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(Console.Error),
        });
        var shown = Stopwatch.StartNew();
        return console.Progress()
            .AutoRefresh(false)   // by the thread that computes: a second one would collect garbage beside it
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left },
                new ProgressBarColumn(),
                new PercentageColumn(),
                new RemainingTimeColumn())
            .Start(context =>
            {
                var task = context.AddTask(Markup.Escape(name));
                task.IsIndeterminate = true;
                string? timed = null;
                return run(progress =>
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
                        $"{progress.Phase} step {progress.Step}  loss {progress.Loss:g4}"
                            + $"  S/(2/η) {progress.Edge:f3}");
                    if (shown.ElapsedMilliseconds < RefreshMilliseconds) return;
                    context.Refresh();
                    shown.Restart();
                });
            });
    }
}
