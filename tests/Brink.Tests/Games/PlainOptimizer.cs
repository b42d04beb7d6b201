using Brink.Games;

namespace Brink.Tests.Games;

/// <summary>The learned optimizer computed parameter by parameter with plain numbers, from the formulas of the
/// paper: the reference for the tensor code.</summary>
internal sealed class PlainOptimizer(LearnedOptimizer weights)
{
    private const int Hidden = 32, Features = 18;

    private readonly double[] _inputWeights = Numbers(weights.InputWeights), _hiddenWeights = Numbers(weights.HiddenWeights);
    private readonly double[] _bias = [.. Numbers(weights.InputBias).Zip(Numbers(weights.HiddenBias), (a, b) => a + b)];
    private readonly double[] _output = Numbers(weights.OutputWeights);

    /// <summary>w after some steps on xi = J w + c.</summary>
    public double[] Play(double[,] J, double[] c, double[] w, int steps)
    {
        var n = w.Length;
        var memory = Enumerable.Range(0, n).Select(_ => new Memory()).ToArray();
        for (var step = 0; step < steps; step++)
        {
            var xi = Product((i, j) => J[i, j], w).Zip(c, (a, b) => a + b).ToArray();
            var adjustment = Product((i, j) => (J[j, i] - J[i, j]) / 2, xi);   // A^T xi
            var symmetric = Product((i, j) => (J[i, j] + J[j, i]) / 2, xi);
            for (var i = 0; i < n; i++)
            {
                var u = Coefficients(memory[i], [xi[i], adjustment[i], symmetric[i]], step);
                w[i] -= (u[0] * xi[i]) - (u[1] * adjustment[i]) - (u[2] * symmetric[i]);
            }
        }
        return w;

        double[] Product(Func<int, int, double> matrix, double[] v) =>
            [.. Enumerable.Range(0, n).Select(i => Enumerable.Range(0, n).Sum(j => matrix(i, j) * v[j]))];
    }

    private double[] Coefficients(Memory memory, double[] o, int step)
    {
        var f = new double[Features];
        var correction = 1 - Math.Pow(0.95, step + 1);
        for (var c = 0; c < 3; c++)
        {
            f[c] = o[c];
            var decays = new[] { 0.5, 0.9, 0.99 };
            for (var k = 0; k < 3; k++)
            {
                memory.Means[k, c] = (decays[k] * memory.Means[k, c]) + ((1 - decays[k]) * o[c]);
                f[3 + (3 * k) + c] = memory.Means[k, c];
            }
            memory.Momentum[c] = (0.95 * memory.Momentum[c]) + (0.05 * o[c]);
            memory.Square[c] = (0.9 * memory.Square[c]) + (0.1 * o[c] * o[c]);
            var scale = Math.Sqrt(memory.Square[c] / correction) + 1e-8;
            f[12 + c] = memory.Momentum[c] / correction / scale;
            f[15 + c] = o[c] / scale;
        }
        var input = new double[2 * Features];
        for (var k = 0; k < Features; k++)
        {
            var large = Math.Abs(f[k]) >= Math.Exp(-10);
            input[k] = large ? Math.Log(Math.Abs(f[k]) + 1e-8) / 10 : -1;
            input[Features + k] = large ? Math.Sign(f[k]) : Math.Exp(10) * f[k];
        }
        var gates = Enumerable.Range(0, 4 * Hidden).Select(row =>
            _bias[row]
                + Enumerable.Range(0, 2 * Features).Sum(k => _inputWeights[(row * 2 * Features) + k] * input[k])
                + Enumerable.Range(0, Hidden).Sum(k => _hiddenWeights[(row * Hidden) + k] * memory.Hidden[k])).ToArray();
        for (var k = 0; k < Hidden; k++)
        {
            memory.Cell[k] = (Sigmoid(gates[Hidden + k]) * memory.Cell[k]) + (Sigmoid(gates[k]) * Math.Tanh(gates[(2 * Hidden) + k]));
            memory.Hidden[k] = Sigmoid(gates[(3 * Hidden) + k]) * Math.Tanh(memory.Cell[k]);
        }
        return [.. Enumerable.Range(0, 3).Select(c =>
            weights.Reach * Math.Tanh(Enumerable.Range(0, Hidden).Sum(k => _output[(c * Hidden) + k] * memory.Hidden[k])))];
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    private static double[] Numbers(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return tensor.to(ScalarType.Float64).contiguous().data<double>().ToArray();
    }

    private sealed class Memory
    {
        public double[,] Means { get; } = new double[3, 3];

        public double[] Momentum { get; } = new double[3];

        public double[] Square { get; } = new double[3];

        public double[] Hidden { get; } = new double[PlainOptimizer.Hidden];

        public double[] Cell { get; } = new double[PlainOptimizer.Hidden];
    }
}
