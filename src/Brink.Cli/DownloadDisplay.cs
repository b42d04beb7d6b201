using Brink.Zoo.Datasets;
using Spectre.Console;

namespace Brink.Cli;

/// <summary>Shows the progress of a download, with a line for each file.</summary>
internal static class DownloadDisplay
{
    public static string Show(Func<Action<DownloadProgress>?, string> download) => TerminalProgress.Show(
        [
            new TaskDescriptionColumn { Alignment = Justify.Left },
            new ProgressBarColumn(),
            new DownloadedColumn(),
            new TransferSpeedColumn(),
            new RemainingTimeColumn(),
        ],
        download,
        context =>
        {
            ProgressTask? task = null;
            return progress =>
            {
                if (task?.Description != Markup.Escape(progress.File))
                {
                    task?.StopTask();
                    task = context.AddTask(Markup.Escape(progress.File), maxValue: progress.Total ?? progress.Bytes);
                }
                if (progress.Total is null) task.MaxValue = progress.Bytes;
                task.Value = progress.Bytes;
                return progress.Bytes == progress.Total;
            };
        });
}
