using Brink.Kernels;
using Brink.Objectives;

namespace Brink.Taylor;

/// <summary>The mean loss of a described model over a data set, differentiated by sweeps of truncated polynomials
/// (<see cref="Sweep{T}"/>) instead of libtorch's autograd: products cost about a gradient, and a third derivative little
/// more.</summary>
/// <remarks>
/// <para>Samples go in tiles, forward and backward through all layers, so that a tile's numbers are still in the cache when they
/// are needed again. Each thread has its own tiles and its own sums, which are added in a fixed order: the same number of
/// threads gives the same bits.</para>
/// <para>An objective has memory of its own that its calls share: one thread at a time may call it. Memory is that of the largest
/// call and is used again.</para>
/// </remarks>
public abstract class TaylorLoss : IObjective, IDisposable
{
    private protected TaylorLoss(long dimension, ScalarType precision)
    {
        Dimension = dimension;
        Precision = precision;
    }

    public long Dimension { get; }

    public ScalarType Precision { get; }

    /// <summary>Bytes that an expansion keeps.</summary>
    public abstract long ExpansionBytes { get; }

    /// <summary>Whether there is a library for matrix products; without one there is no engine.</summary>
    public static bool IsAvailable => Blas.Best is not null;

    /// <summary>The library that matrix products go to, and the numbers of a register; or what is
    /// missing.</summary>
    public static string Description => Blas.Best is { } blas
        ? $"{blas.Name}; {Passes<float>.Widest.Lanes} floats a register"
        : "no library for matrix products: neither OpenBLAS nor the MKL inside libtorch; autograd is used";

    /// <param name="dimension">Number of parameters p.</param>
    /// <param name="loss">Inputs [b,...] and targets [b,c] of a tile to the sum of its samples' losses, a value
    /// [1].</param>
    /// <param name="inputs">[n,...]; stays the caller's, who keeps it alive as long as the objective.</param>
    /// <param name="targets">[n,c] in the objective's precision, likewise.</param>
    /// <param name="budget">Bytes that an expansion may keep. The tiles beyond it are computed again for each
    /// call, with the same result.</param>
    /// <param name="weightDecay">lambda of a further term lambda/2 ||theta||^2.</param>
    /// <param name="tile">Samples of a tile; null lets the sizes decide.</param>
    /// <exception cref="ForeignPrimitiveException">The model has a primitive that the engine
    /// lacks.</exception>
    /// <exception cref="PlatformNotSupportedException">There is no library for matrix products.</exception>
    public static TaylorLoss Over(
        long dimension,
        Func<Tensor, Tensor, Value> loss,
        Tensor inputs,
        Tensor targets,
        long budget = DifferentiableSum.DefaultExpansionBudget,
        double weightDecay = 0,
        int? tile = null) => targets.dtype == ScalarType.Float32
            ? new TaylorLoss<float>(dimension, loss, inputs, targets, budget, weightDecay, tile, Passes<float>.Widest)
            : new TaylorLoss<double>(dimension, loss, inputs, targets, budget, weightDecay, tile, Passes<double>.Widest);

    public abstract double Loss(Tensor theta);

    public abstract (double Loss, Tensor Gradient) LossAndGradient(Tensor theta);

    public abstract IExpansion ExpandAt(Tensor theta);

    public abstract void Dispose();

    internal void Check(Tensor tensor, string name)
    {
        if (tensor.shape[^1] != Dimension || tensor.dim() > 2)
            throw new ArgumentException($"{name} has shape [{string.Join(',', tensor.shape)}], not [{Dimension}]", name);
        if (tensor.dtype != Precision)
            throw new ArgumentException($"{name} is {tensor.dtype}, the objective {Precision}", name);
    }
}
