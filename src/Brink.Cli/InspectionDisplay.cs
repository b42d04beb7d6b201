using Brink.Lab;
using Spectre.Console;

namespace Brink.Cli;

/// <summary>Progress of an inspection: a line for each phase.</summary>
internal static class InspectionDisplay
{
    public static InspectionReport Show(Func<Action<InspectionProgress>?, InspectionReport> inspect) =>
        TerminalProgress.Show(TerminalProgress.OfSteps, inspect, context =>
        {
            ProgressTask? task = null;
            return progress =>
            {
                if (task?.Description != progress.Phase)
                {
                    task?.StopTask();
                    task = context.AddTask(progress.Phase);
                }
                (task.MaxValue, task.Value) = (Math.Max(1, progress.Of), progress.Products);
                return progress.Products >= progress.Of;
            };
        });
}
