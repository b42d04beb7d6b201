using TorchSharp.Modules;

namespace Brink.Tests.Objectives;

/// <summary>Networks of the layer kinds of TorchSharp, with samples.</summary>
internal static class ModelFamilies
{
    public const int Samples = 37;   // not a multiple of a usual micro-batch

    private static readonly Dictionary<string, Func<(nn.Module<Tensor, Tensor> Model, Func<Tensor> Inputs)>> Table =
        new(StringComparer.Ordinal)
        {
            ["relu"] = () => Dense(nn.ReLU()),
            ["tanh"] = () => Dense(nn.Tanh()),
            ["sigmoid"] = () => Dense(nn.Sigmoid()),
            ["gelu"] = () => Dense(nn.GELU()),
            ["silu"] = () => Dense(nn.SiLU()),
            ["elu"] = () => Dense(nn.ELU()),
            ["selu"] = () => Dense(nn.SELU()),
            ["celu"] = () => Dense(nn.CELU(0.7)),
            ["leaky relu"] = () => Dense(nn.LeakyReLU(0.2)),
            ["relu6"] = () => Dense(nn.ReLU6()),
            ["hardswish"] = () => Dense(nn.Hardswish()),
            ["mish"] = () => Dense(nn.Mish()),
            ["softplus"] = () => Dense(nn.Softplus()),
            ["softsign"] = () => Dense(nn.Softsign()),
            ["glu"] = () => Dense(nn.GLU(), halves: true),
            ["prelu"] = () => Dense(nn.PReLU(1)),
            ["layer norm"] = () => Dense(nn.LayerNorm(24)),
            ["group norm"] = () => Image(Initialised(nn.GroupNorm(4, 8)), nn.Tanh()),
            ["instance norm"] = () => Image(nn.InstanceNorm2d(8, affine: true), nn.Tanh()),
            ["batch norm, running statistics"] = () => Image(nn.BatchNorm2d(8), nn.ReLU()),
            ["max pooling"] = () => Image(nn.ReLU(), nn.MaxPool2d(2), nn.Upsample(size: [8, 8])),
            ["average pooling"] = () => Image(nn.SiLU(), nn.AvgPool2d(2), nn.Upsample(size: [8, 8])),
            ["adaptive pooling"] = () => Image(nn.SiLU(), nn.AdaptiveAvgPool2d(8)),
            ["depthwise convolution"] = () => Image(nn.Conv2d(8, 8, 3, padding: 1L, groups: 8), nn.GELU()),
            ["transposed convolution"] = () => Image(nn.GELU(), nn.ConvTranspose2d(8, 8, 1L), nn.Tanh()),
            ["pixel shuffle"] = () => Image(nn.PixelShuffle(2), nn.AvgPool2d(2), nn.Conv2d(2, 8, 1L), nn.Tanh()),
            ["one-dimensional convolution"] = () => (
                nn.Sequential(nn.Conv1d(3, 6, 5L), nn.Mish(), nn.MaxPool1d(2), nn.Flatten(), nn.Linear(6 * 8, 3)),
                () => randn(Samples, 3, 20)),
            ["embedding"] = () => (
                nn.Sequential(nn.Embedding(11, 6), nn.Flatten(), nn.Linear(6 * 5, 12), nn.Tanh(), nn.Linear(12, 3)),
                () => randint(0, 11, [Samples, 5])),
            ["LSTM"] = () => (new Recurrent(nn.LSTM(4, 7, batchFirst: true)), () => randn(Samples, 6, 4)),
            ["GRU"] = () => (new Recurrent(nn.GRU(4, 7, batchFirst: true)), () => randn(Samples, 6, 4)),
            ["RNN"] = () => (new Recurrent(nn.RNN(4, 7, batchFirst: true)), () => randn(Samples, 6, 4)),
            ["attention"] = () => (new Attentive(), () => randn(Samples, 6, 8)),
            ["dropout, evaluated"] = () => Dense(nn.Dropout(0.5)),
            ["residual"] = () => (new Residual(), () => randn(Samples, 12)),
            ["deep relu"] = () => (
                nn.Sequential(
                [
                    .. Enumerable.Range(0, 8).SelectMany(_ => new nn.Module<Tensor, Tensor>[] { nn.Linear(32, 32), nn.ReLU() }),
                nn.Linear(32, 3),
                ]),
                () => randn(Samples, 32)),
            ["linear"] = () => (nn.Linear(12, 3), () => randn(Samples, 12)),
            ["one tensor"] = () => (nn.Linear(5, 2, hasBias: false), () => randn(Samples, 5)),
            ["two parameters"] = () => (nn.Linear(1, 1), () => randn(Samples, 1)),
        };

    public static IEnumerable<string> Names => Table.Keys;

    /// <summary>A network in evaluation mode, and its inputs.</summary>
    public static (nn.Module<Tensor, Tensor> Model, Tensor Inputs) Named(string name, ScalarType precision)
    {
        random.manual_seed(3);
        var (model, inputs) = Table[name]();
        model.eval();
        model.to(precision);
        var x = inputs();
        return (model, x.is_floating_point() ? x.to(precision) : x);
    }

    private static (nn.Module<Tensor, Tensor> Model, Func<Tensor> Inputs) Dense(nn.Module<Tensor, Tensor> layer, bool halves = false) => (
        nn.Sequential(nn.Linear(12, 24), layer, nn.Linear(halves ? 12 : 24, 10), nn.Tanh(), nn.Linear(10, 3)), () => randn(Samples, 12));

    private static (nn.Module<Tensor, Tensor> Model, Func<Tensor> Inputs) Image(params nn.Module<Tensor, Tensor>[] layers) => (
        nn.Sequential([nn.Conv2d(3, 8, 3, padding: 1L), .. layers, nn.Flatten(), nn.Linear(8 * 64, 3)]), () => randn(Samples, 3, 8, 8));

    // TorchSharp does not initialise the weights of a group norm.
    private static GroupNorm Initialised(GroupNorm norm)
    {
        nn.init.normal_(norm.weight!, 1, 0.1);
        nn.init.normal_(norm.bias!, 0, 0.1);
        return norm;
    }

    private sealed class Recurrent : nn.Module<Tensor, Tensor>
    {
        private readonly nn.Module _cells;
        private readonly Linear _last = nn.Linear(7, 3);

        public Recurrent(nn.Module cells) : base(nameof(Recurrent))
        {
            _cells = cells;
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => _last.forward((_cells switch
        {
            LSTM lstm => lstm.forward(input).Item1,
            GRU gru => gru.forward(input).Item1,
            RNN rnn => rnn.forward(input, null).Item1,
            _ => throw new InvalidOperationException(),
        }).select(1, -1));
    }

    private sealed class Attentive : nn.Module<Tensor, Tensor>
    {
        private readonly Linear _queries = nn.Linear(8, 8), _keys = nn.Linear(8, 8), _values = nn.Linear(8, 8), _last = nn.Linear(8, 3);

        public Attentive() : base(nameof(Attentive)) => RegisterComponents();

        public override Tensor forward(Tensor input) => _last.forward(
            (_queries.forward(input).matmul(_keys.forward(input).transpose(1, 2)) / Math.Sqrt(8)).softmax(2)
                .matmul(_values.forward(input)).mean([1]));
    }

    private sealed class Residual : nn.Module<Tensor, Tensor>
    {
        private readonly Linear _in = nn.Linear(12, 12), _out = nn.Linear(12, 12), _last = nn.Linear(12, 3);

        public Residual() : base(nameof(Residual)) => RegisterComponents();

        public override Tensor forward(Tensor input) =>
            _last.forward(input + _out.forward(nn.functional.relu(_in.forward(input))));
    }
}
