using Brink.Kernels;
using Brink.Objectives;

namespace Brink.Taylor;

/// <summary>The mean loss of a described model over a data set, differentiated by sweeps of truncated polynomials
/// (<see cref="Sweep{T}"/>) instead of libtorch's autograd: a product costs about as much as a gradient, and a third derivative
/// little more.</summary>
/// <remarks>
/// <para>Samples are processed in tiles, forward and backward through all layers, so that a tile's numbers are still in the
/// cache when they are needed again. Each thread has its own tiles and its own sums, which are added in a fixed order: the same
/// number of threads gives the same bits.</para>
/// <para>The calls of an objective share its memory: only one thread at a time may call it. The memory grows to that of the
/// largest call and is reused.</para>
/// </remarks>
public abstract class TaylorLoss : IObjective, IDisposable
{
    private protected TaylorLoss(long dimension, ScalarType precision)
    {
        Dimension = dimension;
        Precision = precision;
    }

    /// <inheritdoc/>
    public long Dimension { get; }

    /// <inheritdoc/>
    public ScalarType Precision { get; }

    /// <summary>The bytes that an expansion keeps.</summary>
    public abstract long ExpansionBytes { get; }

    /// <summary>The number of floats that the engine processes together, in a register of the processor.</summary>
    public static int Lanes => Passes<float>.Widest.Lanes;

    /// <param name="dimension">Number of parameters p.</param>
    /// <param name="loss">Maps inputs [b,...] and targets [b,c] of a tile to the sum of its samples' losses, a value
    /// [1].</param>
    /// <param name="inputs">Inputs [n,...]; the caller owns them and keeps them alive as long as the objective.</param>
    /// <param name="targets">Targets [n,c] in the objective's precision; the caller keeps them alive as well.</param>
    /// <param name="budget">Bytes that an expansion may keep. Tiles beyond them are computed again at each call, with the same
    /// result.</param>
    /// <param name="weightDecay">Coefficient lambda of an added term lambda/2 ||theta||^2.</param>
    /// <param name="tile">Samples of a tile; null to choose by size.</param>
    /// <exception cref="ForeignPrimitiveException">The model has a primitive that the engine
    /// lacks.</exception>
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

    /// <summary>Makes the objective of a loss that is described by the numbers of its samples.</summary>
    /// <param name="dimension">Number of parameters p.</param>
    /// <param name="samples">Number of samples n, at least 1.</param>
    /// <param name="precision">float32 or float64.</param>
    /// <param name="loss">Maps the first sample of a tile and their number to the sum of their losses, a value [1]. The tensors in
    /// it may be freed once the objective is made.</param>
    /// <param name="weight">Weight of a sample: 1/n for a mean.</param>
    /// <param name="budget">Bytes that an expansion may keep.</param>
    /// <param name="tile">Samples of a tile; null to choose by size.</param>
    /// <exception cref="ForeignPrimitiveException">The model has a primitive that the engine lacks.</exception>
    public static TaylorLoss Over(
        long dimension,
        long samples,
        ScalarType precision,
        Func<long, long, Value> loss,
        double weight,
        long budget = DifferentiableSum.DefaultExpansionBudget,
        int? tile = null) => precision == ScalarType.Float32
            ? new TaylorLoss<float>(dimension, samples, precision, loss, weight, budget, 0, tile, Passes<float>.Widest)
            : new TaylorLoss<double>(dimension, samples, precision, loss, weight, budget, 0, tile, Passes<double>.Widest);

    /// <inheritdoc/>
    public abstract double Loss(Tensor theta);

    /// <inheritdoc/>
    public abstract (double Loss, Tensor Gradient) LossAndGradient(Tensor theta);

    /// <inheritdoc/>
    public abstract IExpansion ExpandAt(Tensor theta);

    /// <inheritdoc/>
    public abstract IExpansion CurvatureAt(Tensor theta);

    /// <inheritdoc/>
    public abstract void Dispose();

    internal void Check(Tensor tensor, string name)
    {
        if (tensor.shape[^1] != Dimension || tensor.dim() > 2)
            throw new ArgumentException($"{name} has shape [{string.Join(',', tensor.shape)}]; it must be [{Dimension}]", name);
        if (tensor.dtype != Precision)
            throw new ArgumentException($"{name} is {tensor.dtype}; the objective needs {Precision}", name);
    }
}
