using System.Diagnostics;
using Brink.Zoo.Datasets;
using Spectre.Console;

namespace Brink.Cli;

/// <summary>Progress of a download on stderr, where that is a terminal.</summary>
internal static class DownloadDisplay
{
    private const int RefreshMilliseconds = 100;

    public static string Show(Func<Action<DownloadProgress>?, string> download)
    {
        if (Console.IsErrorRedirected) return download(null);
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(Console.Error),
        });
        var shown = Stopwatch.StartNew();
        return console.Progress()
            .AutoRefresh(false)   // by the thread that downloads
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left },
                new ProgressBarColumn(),
                new DownloadedColumn(),
                new TransferSpeedColumn(),
                new RemainingTimeColumn())
            .Start(context =>
            {
                ProgressTask? task = null;
                return download(progress =>
                {
                    if (task?.Description != Markup.Escape(progress.File))
                    {
                        task?.StopTask();
                        task = context.AddTask(
                            Markup.Escape(progress.File),
                            maxValue: progress.Total ?? progress.Bytes);
                    }
                    if (progress.Total is null) task.MaxValue = progress.Bytes;
                    task.Value = progress.Bytes;
                    var whole = progress.Bytes == progress.Total;
                    if (shown.ElapsedMilliseconds < RefreshMilliseconds && !whole) return;
                    context.Refresh();
                    shown.Restart();
                });
            });
    }
}
