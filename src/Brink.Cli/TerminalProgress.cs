using System.Diagnostics;
using Spectre.Console;

namespace Brink.Cli;

/// <summary>Progress on stderr, where that is a terminal; elsewhere nothing is told of it.</summary>
internal static class TerminalProgress
{
    private const int RefreshMilliseconds = 100;

    public static ProgressColumn[] OfSteps =>
        [new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn()];

    /// <param name="columns">Of each task's line.</param>
    /// <param name="work">What is done; it tells its progress to the action that it is given, null where nobody
    /// looks.</param>
    /// <param name="tasks">Gives what puts a progress into tasks, and says whether it is to be seen at
    /// once.</param>
    public static TResult Show<TProgress, TResult>(
        ProgressColumn[] columns, Func<Action<TProgress>?, TResult> work, Func<ProgressContext, Func<TProgress, bool>> tasks)
    {
        if (Console.IsErrorRedirected) return work(null);
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        var shown = Stopwatch.StartNew();
        return console.Progress()
            .AutoRefresh(false)   // by the thread that works: a second one would collect garbage beside it
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
