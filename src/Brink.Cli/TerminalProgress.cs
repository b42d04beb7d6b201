using System.Diagnostics;
using Spectre.Console;

namespace Brink.Cli;

/// <summary>Shows progress on stderr if it is a terminal; otherwise shows nothing.</summary>
internal static class TerminalProgress
{
    private const int RefreshMilliseconds = 100;

    public static ProgressColumn[] OfSteps =>
    [
        new TaskDescriptionColumn { Alignment = Justify.Left },
        new ProgressBarColumn(),
        new PercentageColumn(),
        new RemainingTimeColumn(),
    ];

    /// <param name="columns">Columns in the line of each task.</param>
    /// <param name="work">Work, which reports its progress to the given action; the action is null where no progress is
    /// shown.</param>
    /// <param name="tasks">Makes the function that puts a progress into tasks, and returns true to refresh at
    /// once.</param>
    public static TResult Show<TProgress, TResult>(
        ProgressColumn[] columns, Func<Action<TProgress>?, TResult> work, Func<ProgressContext, Func<TProgress, bool>> tasks)
    {
        if (Console.IsErrorRedirected) return work(null);
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        var shown = Stopwatch.StartNew();
        return console.Progress()
            .AutoRefresh(false)   // the working thread refreshes: a second thread would collect garbage meanwhile
            .Columns(columns)
            .Start(context =>
            {
                var put = tasks(context);
                return work(progress =>
                {
                    var atOnce = put(progress);
                    if (shown.ElapsedMilliseconds < RefreshMilliseconds && !atOnce) return;
                    context.Refresh();
                    shown.Restart();
                });
            });
    }
}
