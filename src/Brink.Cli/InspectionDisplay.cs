using System.Diagnostics;
using Brink.Lab;
using Spectre.Console;

namespace Brink.Cli;

/// <summary>Progress of an inspection on stderr, where that is a terminal.</summary>
internal static class InspectionDisplay
{
    private const int RefreshMilliseconds = 100;

    public static InspectionReport Show(Func<Action<InspectionProgress>?, InspectionReport> inspect)
    {
        if (Console.IsErrorRedirected) return inspect(null);
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
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
                ProgressTask? task = null;
                return inspect(progress =>
                {
                    if (task?.Description != progress.Phase)
                    {
                        task?.StopTask();
                        task = context.AddTask(progress.Phase);
                    }
                    (task.MaxValue, task.Value) = (Math.Max(1, progress.Of), progress.Products);
                    if (shown.ElapsedMilliseconds < RefreshMilliseconds && progress.Products < progress.Of) return;
                    context.Refresh();
                    shown.Restart();
                });
            });
    }
}
