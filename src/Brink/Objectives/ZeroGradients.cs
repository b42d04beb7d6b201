using Brink.Algebra;

namespace Brink.Objectives;

/// <summary>The parameters whose gradient is zero at a point and near it: those on which the loss depends nevertheless, because
/// autograd does not reach them, and those without influence.</summary>
/// <remarks>A zero gradient alone means little: it is right at a minimum, behind a layer that starts at zero, or in a dead
/// unit. At a distance of a tenth of the parameters' size such a gradient is no longer zero; that of a detached or rounded part
/// is.</remarks>
/// <param name="Unreached">Names of parameters that autograd does not reach.</param>
/// <param name="Idle">Names of parameters without influence on the loss.</param>
internal sealed record ZeroGradients(IReadOnlyList<string> Unreached, IReadOnlyList<string> Idle)
{
    // Distances at which a gradient must differ from zero, relative to the size of each parameter.
    private static readonly double[] Distances = [1e-1, 3e-1];

    // Perturbations of one parameter at which its influence must show.
    private static readonly double[] Perturbations = [1e-3, 1e-1];

    /// <param name="loss">The objective; where it is one of a module, the module is at another point afterwards.</param>
    /// <param name="theta">The point [p].</param>
    /// <param name="parts">Name and size of each parameter.</param>
    /// <param name="seed">Seed of the random directions.</param>
    public static ZeroGradients At(IObjective loss, Tensor theta, IReadOnlyList<(string Name, long Size)> parts, long seed)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)((seed * 101) + 4), CPU);
        (long Start, long Length)[] places = [.. parts.Select((part, i) => (parts.Take(i).Sum(before => before.Size), part.Size))];
        int[] zero = [.. Enumerable.Range(0, parts.Count)];
        var point = theta;
        var sizes = CheckedPoint.Sizes(theta, parts);
        Remove(theta);
        foreach (var distance in Distances)
        {
            if (zero.Length == 0) return new([], []);
            var there = theta + (distance * sizes * randn(theta.shape[0], dtype: theta.dtype, generator: generator));
            if (!double.IsFinite(loss.Loss(there))) continue;
            point = there;
            Remove(there);
        }
        var here = loss.Loss(point);
        var rounding = 32 * loss.Precision.Epsilon() * Math.Abs(here);
        var z = sizes * randn(theta.shape[0], dtype: theta.dtype, generator: generator);
        string[] unreached = [.. zero.Where(Influences).Select(i => parts[i].Name)];
        return new(unreached, [.. zero.Select(i => parts[i].Name).Except(unreached)]);

        void Remove(Tensor at)
        {
            using var inner = NewDisposeScope();
            var gradient = loss.LossAndGradient(at).Gradient;
            zero = [.. zero.Where(i => gradient.narrow(0, places[i].Start, places[i].Length).count_nonzero().ToDouble() == 0)];
        }

        bool Influences(int i) => Perturbations.Any(h =>
        {
            using var inner = NewDisposeScope();
            var moved = point.clone();
            moved.narrow(0, places[i].Start, places[i].Length).add_(z.narrow(0, places[i].Start, places[i].Length), h);
            var change = Math.Abs(loss.Loss(moved) - here);
            return double.IsFinite(change) && change > rounding;
        });
    }
}
