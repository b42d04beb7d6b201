using TorchSharp.Modules;

namespace Brink.Lab;

/// <summary>A classifier of the BNP study.</summary>
internal sealed class BnpNetwork : nn.Module<Tensor, Tensor>
{
    public const int Hidden = 100, First = 8, Second = 16;

    private const int Groups = 4;

    private readonly Sequential layers;

    /// <param name="start">Weights and biases one after the other [p], in the order of the layout; null: drawn.</param>
    /// <param name="seed">Seed of the drawn parameters, uniform within 1/sqrt(fan-in); the same for all variants.</param>
    public BnpNetwork(
        BnpModel model, ImageShape shape, int classes, BnpVariant variant, ScalarType precision, Tensor? start, long seed)
        : base(nameof(BnpNetwork))
    {
        layers = nn.Sequential((model == BnpModel.Mlp ? Mlp() : Cnn()).Select((part, i) => ($"{i}", part)));
        RegisterComponents();
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        using var generator = new Generator((ulong)seed, CPU);
        var given = start is null ? null : new Queue<Tensor>(BnpLayout.Of(model, shape, classes).Split(start));
        foreach (var part in layers.children())
        {
            if (part is not (Linear or Conv2d)) continue;
            var bound = 1 / Math.Sqrt(part.parameters().First() is var weight ? weight.numel() / weight.shape[0] : 1);
            // Always drawn in float64: networks of either precision have the same parameters.
            foreach (var parameter in part.parameters())
            {
                parameter.copy_(given?.Dequeue()
                    ?? bound * ((2 * rand(parameter.shape, dtype: ScalarType.Float64, generator: generator)) - 1));
            }
        }

        IEnumerable<nn.Module<Tensor, Tensor>> Mlp()
        {
            yield return nn.Flatten();
            var width = (long)shape.Channels * shape.Height * shape.Width;
            for (var layer = 0; layer < 3; layer++)
            {
                yield return nn.Linear(width, Hidden, dtype: precision);
                if (Norm(Hidden) is { } norm) yield return norm;
                yield return nn.ReLU();
                width = Hidden;
            }
            yield return nn.Linear(width, classes, dtype: precision);
        }

        IEnumerable<nn.Module<Tensor, Tensor>> Cnn()
        {
            var channels = shape.Channels;
            foreach (var next in new[] { First, Second })
            {
                yield return nn.Conv2d(channels, next, 3, padding: 1, dtype: precision);
                if (Norm(next) is { } norm) yield return norm;
                yield return nn.ReLU();
                yield return nn.AvgPool2d(2);
                channels = next;
            }
            yield return nn.Flatten();
            yield return nn.Linear((long)Second * (shape.Height / 4) * (shape.Width / 4), classes, dtype: precision);
        }

        nn.Module<Tensor, Tensor>? Norm(int channels) => variant switch
        {
            BnpVariant.BatchNorm => new Zoo.Models.BatchNorm(channels, precision),
            BnpVariant.GroupNorm => new Zoo.Models.GroupNorm(Groups, channels, precision),
            _ => null,
        };
    }

    public override Tensor forward(Tensor x) => layers.call(x);

    protected override void Dispose(bool disposing)
    {
        if (disposing) layers.Dispose();
        base.Dispose(disposing);
    }
}
