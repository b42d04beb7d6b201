using Brink.Runs;

namespace Brink.Browser.Tests;

/// <summary>A run of a kind without a report that a test writes row by row.</summary>
internal static class WrittenRun
{
    public static RunWriter Begin(string folder, double learningRate = 0.1, string model = "mlp")
    {
        var run = RunWriter.Create(folder);
        run.Set(RunSchema.Kind, "toy");
        run.Set(RunSchema.Name, Path.GetFileName(folder));
        run.Set(RunSchema.LearningRate, learningRate);
        run.Set(RunSchema.Status, RunStatus.Running.Name());
        run.Set(RunSchema.Started, new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero));
        run.Set(RunSchema.Experiment, FormattableString.Invariant($"learning_rate: {learningRate}\nmodel: {model}\nsamples: 100\n"));
        run.Commit();
        return run;
    }

    /// <summary>Writes steps of two series, a loss and a sharpness with a peak at every seventh step.</summary>
    public static void Add(RunWriter run, int from, int count)
    {
        for (var step = from; step < from + count; step++)
        {
            run.Add("gd", "loss", step, Loss(step));
            run.Add("gd", "sharpness", step, step % 7 == 0 ? 30 : 20);
        }
        run.Commit(0.01 * (from + count));
    }

    public static double Loss(int step) => 1 / (1 + (0.01 * step)) + (step % 5 * 1e-3);

    public static void End(RunWriter run)
    {
        run.Set(RunSchema.Status, RunStatus.Completed.Name());
        run.Mark();
    }
}
