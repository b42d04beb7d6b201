using Brink.Algebra;
using Brink.Optimizers.SaddleEscape;
using Brink.Spectra;

namespace Brink.Lab;

/// <summary>Problem and start of a method of the escape study.</summary>
/// <param name="Objective">f, accessible through samples.</param>
/// <param name="Start">An exact strict saddle [p].</param>
/// <param name="Constants">Constants of f.</param>
internal sealed record EscapeSetting(IStochasticObjective Objective, double[] Start, ProblemConstants Constants)
{
    public const string Chain = "chain";

    /// <summary>Names of the problems.</summary>
    public static readonly IReadOnlyList<string> Problems = [Chain, "sensing", "phase", "network"];

    /// <summary>Returns the chain of saddles for an accuracy, with rho = 2; without the condition also with noise of variance
    /// 1.</summary>
    public static EscapeSetting OfChain(double epsilon, bool condition, int dimension = 10)
    {
        var chain = new SaddleChain(epsilon, Dimension: dimension);
        var constants = new ProblemConstants(
            chain.LipschitzGradient, chain.LipschitzHessian, 2, condition ? 0 : 1, chain.Decrease, dimension);
        return new(
            new NoisyFunction(chain.Function(), constants.StrongGrowth, constants.Variance), new double[dimension], constants);
    }

    /// <summary>Returns a problem that an overparameterized model fits exactly; the same at every accuracy.</summary>
    public static EscapeSetting OfFiniteSum(string problem) => problem switch
    {
        "sensing" => Sensing(),
        "phase" => Phase(),
        _ => Network(),
    };

    /// <summary>F_i(U) = (1/2) (A_i . U U^T - b_i)^2 for symmetric A_i [6,6], 80 of them, b of a planted
    /// matrix of rank 1, and U [6,3].</summary>
    private static EscapeSetting Sensing()
    {
        const int N = 80, Rows = 6, Columns = 3;
        using var generator = new Generator(1, CPU);
        var G = randn(N, Rows, Rows, dtype: ScalarType.Float64, generator: generator);
        var A = (G + G.transpose(1, 2)) / (2 * Math.Sqrt(Rows));
        return Measured(N, Planted(Rows, Columns, generator), Rows * Columns, (points, i) =>
        {
            var U = points.view(-1, Rows, Columns);
            return (A.index_select(0, i) * U.bmm(U.transpose(1, 2))).sum([1, 2]);
        });
    }

    /// <summary>F_i(U) = (1/2) (||U^T a_i||^2/6 - b_i)^2 for a_i [6], 60 of them, and U [6,3]: phase
    /// retrieval, with two columns more than it needs.</summary>
    private static EscapeSetting Phase()
    {
        const int N = 60, Rows = 6, Columns = 3;
        using var generator = new Generator(2, CPU);
        var a = randn(N, Rows, dtype: ScalarType.Float64, generator: generator);
        return Measured(N, Planted(Rows, Columns, generator), Rows * Columns, (points, i) =>
            a.index_select(0, i).unsqueeze(1).bmm(points.view(-1, Rows, Columns)).square().sum([1, 2]) / Rows);
    }

    /// <summary>F_i = (1/2) (v . tanh(W x_i) - y_i)^2 for 40 inputs of 4 numbers, 8 hidden units, and targets
    /// of a teacher with 2.</summary>
    private static EscapeSetting Network()
    {
        const int N = 40, Inputs = 4, Hidden = 8;
        using var generator = new Generator(3, CPU);
        var x = randn(N, Inputs, dtype: ScalarType.Float64, generator: generator);
        var planted = zeros(Hidden, Inputs + 1, dtype: ScalarType.Float64);
        planted.narrow(0, 0, 2).copy_(randn(2, Inputs + 1, dtype: ScalarType.Float64, generator: generator));
        return Measured(N, planted.view(-1), Hidden * (Inputs + 1), (points, i) =>
        {
            var units = points.view(-1, Hidden, Inputs + 1);
            var h = units.narrow(2, 0, Inputs).bmm(x.index_select(0, i).unsqueeze(2)).tanh();
            return (h * units.narrow(2, Inputs, 1)).sum([1, 2]);
        });
    }

    private static Tensor Planted(int rows, int columns, Generator generator)
    {
        var planted = zeros(rows, columns, dtype: ScalarType.Float64);
        planted.narrow(1, 0, 1).copy_(randn(rows, 1, dtype: ScalarType.Float64, generator: generator));
        return planted.view(-1);
    }

    /// <summary>Squared errors of a model against its own outputs at planted parameters, with constants measured between the
    /// saddle at 0 and these parameters.</summary>
    /// <remarks>L_G: 3/2 of the largest magnitude of an eigenvalue at these two points; L_H: the norm of the Hessian's
    /// difference between them, over their distance; rho: the largest of ten points around the segment that joins them. Chosen,
    /// not proven: no constant holds everywhere.</remarks>
    private static EscapeSetting Measured(int samples, Tensor planted, int dimension, Func<Tensor, Tensor, Tensor> outputs)
    {
        var every = arange(samples, dtype: ScalarType.Int64);
        var targets = outputs(planted.unsqueeze(0).expand(samples, dimension), every);
        var f = new FiniteSum(
            dimension, ScalarType.Float64, samples, (points, i) => (outputs(points, i) - targets.index_select(0, i)).square() / 2);
        using var whole = f.Expectation();
        var saddle = zeros(dimension, dtype: ScalarType.Float64);
        var (there, here) = (whole.Hessian(planted), whole.Hessian(saddle));
        using var generator = new Generator(4, CPU);
        var growth = Enumerable.Range(1, 10).Max(k =>
        {
            using var scope = NewDisposeScope();
            var point = (k / 10.0 * planted) + (0.3 * randn(dimension, dtype: ScalarType.Float64, generator: generator));
            // Over all samples: exact, not estimated.
            var gradients = whole.Gradients(point);
            return (gradients.square().sum(dim: 1).mean() / gradients.mean([0L]).square().sum()).ToDouble();
        });
        return new(f, new double[dimension], new(
            1.5 * Math.Max(Largest(there), Largest(here)),
            Largest(there.Plus(here.Scaled(-1))) / planted.norm().ToDouble(),
            growth,
            0,
            whole.Values(saddle.unsqueeze(0).expand(samples, dimension)).mean().ToDouble(),
            dimension));
    }

    private static double Largest(SymmetricOperator A)
    {
        using var pairs = new Lanczos(1, 1, 1e-3).Solve(A);
        return Math.Max(Math.Abs(pairs.Top.Values[0]), Math.Abs(pairs.Bottom.Values[0]));
    }
}
