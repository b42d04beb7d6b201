using Brink.Algebra;
using Brink.Objectives;
using Brink.Spectra;
using Brink.Zoo.Datasets;
using Brink.Zoo.Models;

namespace Brink.Bench;

/// <summary>Errors of trace estimates at equal numbers of products, compared with a dense trace, on a small MLP and
/// Fashion-MNIST.</summary>
internal static class TraceErrors
{
    private const int Seeds = 10;

    public static IReadOnlyList<TraceErrorsRow> Rows()
    {
        using var scope = NewDisposeScope();
        var (inputs, targets) = FashionMnist.Training().Take(500, [.. Enumerable.Range(0, 10)]).Standardised(2, ScalarType.Float64);
        var model = new Mlp([196, 8, 10], Activation.Tanh);
        var objective = EmpiricalLoss.Over(
            model.Dimension, model.Outputs, EmpiricalLoss.SquaredError, inputs.flatten(1), targets, 500);
        using var expansion = objective.ExpandAt(model.Initial(0));
        var dense = expansion.HessianTimes(eye(model.Dimension, dtype: ScalarType.Float64));
        var (A, exact) = (SymmetricOperator.Of((dense + dense.t()) / 2), dense.trace().ToDouble());
        return
        [
            .. new[] { 12, 30, 60, 120, 240 }.SelectMany<int, TraceErrorsRow>(products =>
            [
                Error("Hutchinson", products, seed => new Hutchinson(products, seed).Trace(A)),
                Error("Hutch++", products, seed => new HutchPlusPlus(products, seed).Trace(A)),
                Error("XTrace", products, seed => new XTrace(products, seed).Trace(A)),
            ]),
        ];

        TraceErrorsRow Error(string method, int products, Func<long, TraceEstimate> estimate)
        {
            var estimates = Enumerable.Range(0, Seeds).Select(seed => estimate(seed)).ToArray();
            var error = Math.Sqrt(estimates.Average(e => Math.Pow(e.Value - exact, 2)));
            var said = Math.Sqrt(estimates.Average(e => Math.Pow(e.StandardError, 2)));
            return new(products, method, exact, error / Math.Abs(exact), said / Math.Abs(exact));
        }
    }
}

/// <summary>Root mean square relative error over the seeds, and root mean square of the estimated relative errors.</summary>
internal sealed record TraceErrorsRow(int Products, string Method, double Trace, double Error, double Said);
