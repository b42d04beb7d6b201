using Brink.Objectives;
using Brink.Taylor;
using Brink.Zoo.Models;

namespace Brink.Bench;

/// <summary>Cost of an expansion and a Hessian product per image, for 1,000 to 50,000 images in turn, in float32 on a tanh MLP
/// and noise of CIFAR-10's shape.</summary>
internal static class ImageCosts
{
    private const int Rounds = 9;

    private static readonly int[] Counts = [1000, 5000, 20_000, 50_000];

    public static IReadOnlyList<ImageCostsRow> Rows()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(0, CPU);
        var model = new Mlp([3072, 200, 200, 10], Activation.Tanh);
        var theta = model.Initial(0).to(ScalarType.Float32);
        var v = randn(model.Dimension, generator: generator);
        v /= v.norm();
        TaylorLoss[] losses = [.. Counts.Select(Of)];
        IExpansion[] at = [.. losses.Select(loss => loss.ExpandAt(theta))];
        // Small cases are repeated until all take the same time, so that other load on the machine affects all equally.
        var times = Alternating.Medians(
            Rounds,
            [
                .. losses.Select<TaylorLoss, Action>((loss, i) => () => Repeated(i, () => loss.ExpandAt(theta).Dispose())),
                .. at.Select<IExpansion, Action>((expansion, i) => () => Repeated(i, () => expansion.HessianTimes(v).Dispose())),
            ]);
        foreach (var expansion in at) expansion.Dispose();
        foreach (var loss in losses) loss.Dispose();
        return
        [
            .. Counts.Select((count, i) => new ImageCostsRow(
                count, 1e3 * times[i] / count / Times(count), 1e3 * times[Counts.Length + i] / count / Times(count))),
        ];

        TaylorLoss Of(int images) =>
            model.SquaredError(randn([images, 3072], generator: generator), randn([images, 10], generator: generator));

        static void Repeated(int size, Action action)
        {
            for (var i = 0; i < Times(Counts[size]); i++) action();
        }

        static int Times(int count) => Counts[^1] / count;
    }
}

/// <summary>Costs per image.</summary>
/// <param name="Images">Number of images n.</param>
/// <param name="ExpansionMicroseconds">Microseconds of an expansion, with its loss and gradient.</param>
/// <param name="ProductMicroseconds">Microseconds of a Hessian product with one vector.</param>
internal sealed record ImageCostsRow(int Images, double ExpansionMicroseconds, double ProductMicroseconds);
