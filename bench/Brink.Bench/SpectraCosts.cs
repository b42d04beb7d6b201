using Brink.Algebra;
using Brink.Objectives;
using Brink.Spectra;
using Brink.Zoo.Datasets;
using Brink.Zoo.Models;

namespace Brink.Bench;

/// <summary>What eigenpairs cost in products: Lanczos from nothing, and the tracker behind gradient descent,
/// on the MLP 3072-200-200-10 and 1,000 images of CIFAR-10; and how far trace estimates are from a dense
/// trace at equal products, on a small MLP and Fashion-MNIST.</summary>
internal static class SpectraCosts
{
    private const int Steps = 20, Between = 100;

    /// <param name="path">A file or folder of CIFAR-10 in its binary layout; without it the traces
    /// alone.</param>
    public static void Run(string? path)
    {
        if (path is not null) Eigenpairs(path);
        Traces();
    }

    private static void Eigenpairs(string path)
    {
        using var scope = NewDisposeScope();
        var (inputs, targets) = Cifar10.Training(path).Take(1000, [.. Enumerable.Range(0, 10)]).Standardised(1, ScalarType.Float32);
        var model = new Mlp([3072, 200, 200, 10], Activation.Tanh);
        var objective = EmpiricalLoss.Over(
            model.Dimension, model.Outputs, EmpiricalLoss.SquaredError, inputs.flatten(1), targets, 1000);
        var theta = model.Initial(0).to(ScalarType.Float32);
        Console.WriteLine($"{model.Dimension:N0} parameters, residual 1e-4");
        foreach (var trained in new[] { 0, Between })
        {
            for (var step = 0; step < trained; step++) Descend();
            using var expansion = objective.ExpandAt(theta);
            Cold(expansion.Hessian(), trained, new(5, 0, 1e-4));
            Cold(expansion.Hessian(), trained, new(5, 5, 1e-4));
        }
        foreach (var pairs in new[] { 1, 5 }) Warm(pairs);

        void Descend()
        {
            using var inner = NewDisposeScope();
            theta = (theta - (0.01 * objective.LossAndGradient(theta).Gradient)).MoveToOuterDisposeScope();
        }

        void Warm(int pairs)
        {
            var tracker = new EigenpairTracker(pairs, 1e-4);
            Brink.Spectra.Eigenpairs? last = null;
            var products = new List<int>();
            var (residuals, gaps) = (new List<double>(), new List<double>());
            for (var step = 0; step <= Steps; step++)
            {
                using var expansion = objective.ExpandAt(theta);
                if (last is not null)
                {
                    residuals.Add(Residual(expansion, last.Vectors[0]));
                    gaps.Add(1 - (last.Values[pairs] / last.Values[pairs - 1]));
                }
                var next = tracker.Track(expansion.Hessian(), last);
                last?.Dispose();
                last = next;
                products.Add(next.Products);
                Descend();
            }
            last!.Dispose();
            Console.WriteLine(
                $"  tracker, {pairs} pairs, after each of {Steps} steps: {products.Skip(1).Average():f1} products "
                    + $"(largest {products.Skip(1).Max()}); at first {products[0]}; residual of the first pair before "
                    + $"{residuals.Average():e1}, relative gap behind the last {gaps.Average():e1}");
        }
    }

    private static double Residual(IExpansion expansion, Tensor v)
    {
        using var scope = NewDisposeScope();
        var product = expansion.HessianTimes(v);
        var value = v.dot(product);
        return ((product - (value * v)).norm() / value).ToDouble();
    }

    private static void Cold(SymmetricOperator hessian, int step, Lanczos lanczos)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        using var ends = lanczos.Solve(hessian);
        Console.WriteLine(
            $"  Lanczos at step {step}, {lanczos.Top} from above, {lanczos.Bottom} from below, block {lanczos.Block}: "
                + $"{ends.Products} products, converged {ends.Converged}, {watch.Elapsed.TotalSeconds:f1} s; "
                + string.Join(" ", ends.Top.Values.Select(value => $"{value:g4}"))
                + (lanczos.Bottom == 0 ? "" : " | " + string.Join(" ", ends.Bottom.Values.Select(value => $"{value:g4}"))));
    }

    private static void Traces()
    {
        const int seeds = 10;
        using var scope = NewDisposeScope();
        var (inputs, targets) = FashionMnist.Training().Take(500, [.. Enumerable.Range(0, 10)]).Standardised(2, ScalarType.Float64);
        var model = new Mlp([196, 8, 10], Activation.Tanh);
        var objective = EmpiricalLoss.Over(
            model.Dimension, model.Outputs, EmpiricalLoss.SquaredError, inputs.flatten(1), targets, 500);
        using var expansion = objective.ExpandAt(model.Initial(0));
        var dense = expansion.HessianTimes(eye(model.Dimension, dtype: ScalarType.Float64));
        var (A, exact) = (SymmetricOperator.Of((dense + dense.t()) / 2), dense.trace().ToDouble());
        Console.WriteLine($"trace of the Hessian of a {string.Join('-', model.Widths)} MLP ({model.Dimension} parameters): {exact:g6}");
        Console.WriteLine("  root mean square relative error (what the estimates say of themselves)");
        foreach (var products in new[] { 12, 30, 60, 120, 240 })
        {
            Console.WriteLine(
                $"  {products,4} products: Hutchinson {Error(seed => new Hutchinson(products, seed).Trace(A))}, "
                    + $"Hutch++ {Error(seed => new HutchPlusPlus(products, seed).Trace(A))}, "
                    + $"XTrace {Error(seed => new XTrace(products, seed).Trace(A))}");
        }

        string Error(Func<long, TraceEstimate> estimate)
        {
            var estimates = Enumerable.Range(0, seeds).Select(seed => estimate(seed)).ToArray();
            var error = Math.Sqrt(estimates.Average(e => Math.Pow(e.Value - exact, 2)));
            var said = Math.Sqrt(estimates.Average(e => Math.Pow(e.StandardError, 2)));
            return $"{error / Math.Abs(exact):e1} ({said / Math.Abs(exact):e1})";
        }
    }
}
