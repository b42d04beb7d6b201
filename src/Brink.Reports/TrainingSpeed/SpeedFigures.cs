using Brink.Runs;

namespace Brink.Reports;

/// <summary>Figures of training speed: each learning rate against the steps, then the final values against the learning
/// rate.</summary>
internal static class SpeedFigures
{
    private const string Rate = "learning rate η";

    public static IReadOnlyList<Figure> Of(RunCurves curves)
    {
        var processes = TrainedProcess.In(curves.Run);
        return processes.Count == 0 ? [] : [.. OverSteps(curves, processes), .. OverRates(curves.Run)];
    }

    private static IEnumerable<Figure> OverSteps(RunCurves curves, IReadOnlyList<TrainedProcess> processes)
    {
        yield return Series("speed_train_loss", SpeedSchema.TrainLoss, "Training loss", "loss") with { Log = true };
        yield return Series("speed_test_loss", SpeedSchema.TestLoss, "Test loss", "loss") with { Log = true };
        yield return Series("speed_train_accuracy", SpeedSchema.TrainAccuracy, "Training accuracy", "accuracy");
        yield return Series("speed_test_accuracy", SpeedSchema.TestAccuracy, "Test accuracy", "accuracy");
        var sharpness = Series("speed_sharpness", SpeedSchema.Sharpness, "Sharpness", "largest Hessian eigenvalue") with { Log = true };
        yield return sharpness with
        {
            Curves = [.. sharpness.Curves, .. processes.Select(NotConverged).Where(curve => curve.X.Count > 0)],
        };

        // Here the flow and the descents that follow it coincide.
        yield return new Figure(
            "speed_time",
            "Training loss against time",
            "time (sum of the steps)",
            "loss",
            [.. processes.Select(OverTime).Where(curve => curve.X.Count > 0)])
        {
            Log = true,
        };

        Figure Series(string name, string series, string title, string label) => Figure.OverSteps(
            name, title, label, processes.Select(process => Curve(process, series)));

        Curve Curve(TrainedProcess process, string series) => curves.Series(
            process.Label, new(process.Name, series), Colour(process, processes)) with
        {
            Marked = false,   // evaluations are few and regular: markers of many curves would hide them
        };

        Curve NotConverged(TrainedProcess process) =>
            curves.NotConverged(process.Label, new(process.Name, SpeedSchema.Sharpness), Colour(process, processes));

        Curve OverTime(TrainedProcess process)
        {
            var time = curves.Run.Points(process.Name, SpeedSchema.Time);
            var loss = Curve(process, SpeedSchema.TrainLoss);
            // A loss that diverged is recorded at a step at which nothing else was.
            return loss with { X = [.. time.Select(point => point.Value)], Y = [.. loss.Y.Take(time.Count)] };
        }
    }

    private static string Colour(TrainedProcess process, IReadOnlyList<TrainedProcess> processes)
    {
        var rates = processes.Where(other => other.LearningRate is not null).ToList();
        return process.LearningRate is null
            ? Palette.Nth(1)
            : Palette.Sequential(rates.IndexOf(process), rates.Count);
    }

    private static IEnumerable<Figure> OverRates(RunReader run)
    {
        var finished = TrainedProcess.Finished(run).Where(process => process.LearningRate is not null).ToArray();
        if (finished.Length == 0) yield break;
        double[] rates = [.. finished.Select(process => process.LearningRate!.Value)];
        var blue = Palette.Nth(0);
        yield return OverRates(
            "speed_final_sharpness",
            "Final sharpness",
            "largest Hessian eigenvalue",
            Final("sharpness", SpeedSchema.Sharpness),
            new Curve("2/η", Palette.Ink, rates, [.. rates.Select(rate => 2 / rate)]) { Dash = Dash.Dashed }) with
        {
            Log = true,
        };
        yield return OverRates(
            "speed_final_accuracy", "Final test accuracy", "accuracy", Final("test accuracy", SpeedSchema.TestAccuracy));

        // The lowest loss that all of the descents reach.
        var losses = finished.Select(process => run.Points(process.Name, SpeedSchema.TrainLoss)).ToArray();
        var common = losses.Max(points => points.Min(point => point.Value));
        yield return OverRates(
            "speed_steps",
            $"Steps to a training loss of {Story.N(common)}",
            "steps",
            new Curve("steps", blue, rates, [.. losses.Select(points => StepsTo(common, points))]) { Marked = true });

        Curve Final(string label, string name) => new(
            label, blue, rates, [.. finished.Select(process => run.Points(process.Name, name)[^1].Value)])
        {
            Marked = true,
        };
    }

    private static double StepsTo(double loss, IReadOnlyList<SeriesPoint> points) =>
        points.First(point => point.Value <= loss).Step;

    private static Figure OverRates(string name, string title, string label, params IReadOnlyList<Curve> curves) =>
        new(name, title, Rate, label, curves);
}
