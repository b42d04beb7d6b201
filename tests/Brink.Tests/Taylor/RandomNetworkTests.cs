using Brink.Kernels;
using Brink.Objectives;
using Brink.Taylor;

namespace Brink.Tests.Taylor;

/// <summary>Random networks of all layers, with branches that join again and weights that are used twice.</summary>
public sealed class RandomNetworkTests
{
    private const int Samples = 5;

    public static TheoryData<int> Seeds() => [.. Enumerable.Range(0, 120)];

    [Theory, MemberData(nameof(Seeds))]
    public void Every_derivative_equals_that_of_autograd(int seed)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)seed, CPU);
        var kind = (Kind)(seed % 3);
        var inputs = randn(
            kind switch { Kind.Rows => [Samples, 6], Kind.Sequences => [Samples, 4, 6], _ => [Samples, 3, 8, 8] },
            dtype: ScalarType.Float64, generator: generator);
        var drawn = new Network(seed, kind, Value.Constant(inputs));
        var targets = randn([Samples, drawn.Outputs.Last], dtype: ScalarType.Float64, generator: generator).softmax(1);
        var theta = 0.5 * randn(drawn.Dimension, dtype: ScalarType.Float64, generator: generator);
        var autograd = new DifferentiableSum(
            drawn.Dimension, ScalarType.Float64, 1, (at, _) => Loss(inputs, targets).Evaluate(at).sum() / Samples);
        Passes<double>[] passes =
        [
            new LanePasses<Lanes512<double>, double>(),
            new LanePasses<Lanes256<double>, double>(),
            new LanePasses<Lane<double>, double>(),
        ];
        using var taylor = new TaylorLoss<double>(
            drawn.Dimension, Loss, inputs, targets, seed % 4 == 0 ? 0 : 1 << 30, 0, tile: (seed % Samples) + 1, passes[seed / 3 % 3]);
        using var theirs = autograd.ExpandAt(theta);
        using var ours = taylor.ExpandAt(theta);
        var (u, v) = (Direction(), Direction());
        var network = string.Join(", ", drawn.Layers);

        Assert.Equal(theirs.Loss, ours.Loss, 1e-12 * (1 + Math.Abs(theirs.Loss)));
        Close("gradient", theirs.Gradient, ours.Gradient);
        Close("product", theirs.HessianTimes(u), ours.HessianTimes(u));
        Close("third derivative", theirs.ThirdDerivative(u, u), ours.ThirdDerivative(u, u));
        Close("third derivative of two directions", theirs.ThirdDerivative(u, v), ours.ThirdDerivative(u, v));

        Value Loss(Tensor x, Tensor y)
        {
            var outputs = new Network(seed, kind, Value.Constant(x)).Outputs;
            return (seed / 2 % 3) switch
            {
                0 => Losses.SquaredError(outputs, Value.Constant(y)),
                1 => Losses.CrossEntropy(outputs, Value.Constant(y)),
                _ => Losses.Logistic(outputs, Value.Constant(y)),
            };
        }

        Tensor Direction()
        {
            var direction = randn(drawn.Dimension, dtype: ScalarType.Float64, generator: generator);
            return direction / direction.norm();
        }

        void Close(string what, Tensor expected, Tensor actual)
        {
            var error = (actual - expected).norm().ToDouble();
            Assert.True(
                error <= (1e-11 * expected.norm().ToDouble()) + 1e-12,
                $"{what} is off by {error:g3} of {expected.norm().ToDouble():g3}: {network}");
        }
    }

    private enum Kind
    {
        Rows,
        Sequences,
        Images,
    }

    /// <summary>The same network for the same seed, whatever the number of samples. Products pass through tanh: of logits of many
    /// thousands third derivatives are differences of huge numbers, on both engines.</summary>
    private sealed class Network
    {
        private readonly Random _random;
        private readonly List<Value> _values = [], _parameters = [];

        public Network(int seed, Kind kind, Value x)
        {
            _random = new(seed);
            var layers = 3 + _random.Next(4);
            // What follows depends on theta in every order.
            x = kind == Kind.Images ? Convolved(x, 16, 1) : x.Dense(Parameter(6, 6), Parameter(6));
            _values.Add(x = Activated(x));
            for (var i = 0; i < layers; i++) _values.Add(x = Layer(x));
            var rows = kind switch { Kind.Rows => x, Kind.Sequences => x.ColumnMean(), _ => x.Flatten() };
            Outputs = rows.Dense(Parameter(3, rows.Last), Parameter(3));
        }

        public Value Outputs { get; }

        public long Dimension { get; private set; }

        public List<string> Layers { get; } = [];

        private Value Layer(Value x)
        {
            // Earlier values of the same shape: branches join again.
            var other = _values
                .Where(value => value.Shape.SequenceEqual(x.Shape))
                .ElementAt(_random.Next(_values.Count(value => value.Shape.SequenceEqual(x.Shape))));
            return (x.Shape.Count, _random.Next(8)) switch
            {
                (_, 0) => Named("sum", (0.5 * x) + other),
                (_, 1) => Named("product", (x * other).Tanh()),
                (_, 2) => Named("difference", Activated(x) - other),
                (4, 3) => Named("convolution", Activated(Convolved(x, x.Shape[1], 1))),
                (4, 4) when x.Shape[2] % 2 == 0 => Named("convolution by two", Convolved(x, 16, 2)),
                (4, 5) when x.Shape[2] % 2 == 0 => Named("pooling", x.AveragePool(2)),
                (4, 6) => Named("group norm", x.GroupNorm(4, Parameter(x.Shape[1]), Parameter(x.Shape[1]))),
                (4, _) => Named("scaled channels", x.ScaleColumns(x.ColumnMean()).Tanh()),
                (3, 3) => Named(
                    "attention",
                    x.Dense(Parameter(12, x.Last), Parameter(12)).Attention(2, Mask(x, 2)).Dense(Parameter(6, 4), Parameter(6))),
                (3, 4) => Named("layer norm", x.LayerNorm(Parameter(x.Last), Parameter(x.Last), 1e-3)),
                (3, 5) => Named("scaled rows", x.ScaleRows(Activated(x).RowSum()).Tanh()),
                (_, 6) => Named("softmax", x.Softmax()),
                (_, 7) => Named("log of softplus", x.Softplus().Log()),
                (_, 5) => Named("inverse root", (x * x).InverseRoot(0.5)),
                _ => Named("dense", Activated(x.Dense(Parameter(6, x.Last), Parameter(6)))),
            };
        }

        private Value Named(string name, Value x)
        {
            Layers.Add($"{name} [{string.Join(',', x.Shape.Skip(1))}]");
            return x;
        }

        private Value Activated(Value x) => _random.Next(7) switch
        {
            0 => x.Tanh(),
            1 => x.Swish(),
            2 => x.Gelu(),
            3 => x.GeluTanh(),
            4 => x.Softplus(),
            5 => (0.3 * x.Tanh()).Exp(),
            _ => x.Softplus().Reciprocal().Tanh(),
        };

        private Value Convolved(Value x, long filters, int stride)
        {
            var side = _random.Next(3) == 0 ? 1 : 3;
            return x.Convolve(Parameter(filters, x.Shape[1], side, side), stride).AddColumns(Parameter(filters));
        }

        private static Value Mask(Value x, int heads) => Value.Constant(zeros([x.Shape[0] * heads, x.Shape[1]], dtype: ScalarType.Float64));

        /// <summary>Returns a parameter, sometimes one that is already in use.</summary>
        private Value Parameter(params long[] shape)
        {
            var known = _parameters.Find(parameter => parameter.Shape.SequenceEqual(shape));
            if (known is not null && _random.Next(3) == 0) return known;
            var value = Value.Parameter(Dimension, shape);
            Dimension += value.Size;
            _parameters.Add(value);
            return value;
        }
    }
}
