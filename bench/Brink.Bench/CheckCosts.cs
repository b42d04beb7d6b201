using System.Diagnostics;
using Brink.Lab;
using Brink.Objectives;
using Brink.Zoo.Models;

namespace Brink.Bench;

/// <summary>Cost of the check of derivatives against the loss, compared with the inspection that follows it. Both have their
/// defaults, on three of the paper's models and random samples.</summary>
internal static class CheckCosts
{
    private const int MicroBatch = 500;   // the default of 'brink inspect'

    public static IEnumerable<CheckCostsRow> Rows()
    {
        foreach (var precision in new[] { ScalarType.Float64, ScalarType.Float32 })
        {
            yield return Of("MLP 3072-200-200-10, 1,000", new Mlp([3072, 200, 200, 10], Activation.Tanh), 1000, [3072], precision);
            yield return Of("MLP 196-100-100-2, 500", new Mlp([196, 100, 100, 2], Activation.Tanh), 500, [196], precision);
            yield return Of("CNN of 32 filters, 64 of 16 by 16", new Cnn(3, 16, 10, Activation.Swish), 64, [3, 16, 16], precision);
        }
    }

    private static CheckCostsRow Of(string name, Model model, int samples, long[] shape, ScalarType precision)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(0, CPU);
        var x = randn([samples, .. shape], dtype: ScalarType.Float64, generator: generator);
        var y = randn([samples, model.Layout.Parameters[^1].Size], dtype: ScalarType.Float64, generator: generator);
        var theta = model.Initial(0) + 0.01;
        var (loss, exact) = (Loss(precision), Loss(ScalarType.Float64));
        (string Name, long Size)[] parts = [.. model.Layout.Parameters.Select(parameter => (parameter.Name, parameter.Size))];
        var start = theta.to(precision);
        var check = Stopwatch.StartNew();
        var verdict = ScriptCheck.Of(loss, start, parts, precision == ScalarType.Float64 ? null : (exact, theta));
        check.Stop();
        var inspection = Stopwatch.StartNew();
        var report = new Inspection(Tolerance: precision == ScalarType.Float32 ? 1e-4 : 1e-6).At(loss, start, parts);
        inspection.Stop();
        return new(
            name,
            precision,
            verdict.Passed,
            check.Elapsed.TotalSeconds,
            inspection.Elapsed.TotalSeconds,
            report.Products,
            check.Elapsed / inspection.Elapsed);

        DifferentiableSum Loss(ScalarType type) => EmpiricalLoss.Over(
            model.Dimension, model.Outputs, EmpiricalLoss.SquaredError, x.to(type), y.to(type), MicroBatch);
    }
}

/// <param name="Model">Model, and its number of samples.</param>
/// <param name="Precision">Precision of the inspection.</param>
/// <param name="Passed">True if the check found the derivatives correct.</param>
/// <param name="Check">Seconds of the check.</param>
/// <param name="Inspection">Seconds of the inspection.</param>
/// <param name="Products">Number of Hessian products of the inspection.</param>
/// <param name="Share">Time of the check over time of the inspection.</param>
internal sealed record CheckCostsRow(
    string Model, ScalarType Precision, bool Passed, double Check, double Inspection, int Products, double Share);
