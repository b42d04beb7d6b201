using Brink.Algebra;
using Brink.Objectives;

namespace Brink.Optimizers;

/// <summary>The root P / q of batch normalization's preconditioner P P^T / q^2, on flat vectors in the order of
/// <see cref="ModuleParameters"/>; it is the identity on parameters outside preconditioned layers.</summary>
/// <remarks>Lange et al. (2022), section 3: P = U D for every neuron, w^ = P z. P is triangular, not symmetric: the eigenvalues
/// of P P^T H are those of the symmetric P^T H P, which is the Hessian in z.</remarks>
public sealed class BnpRoot : IDisposable
{
    private readonly Block[] _blocks;

    internal BnpRoot(ModuleParameters parameters, IEnumerable<BnpLayer> layers, ScalarType precision)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        (Dimension, Precision) = (parameters.Dimension, precision);
        var sizes = parameters.Parts.Select(part => part.Size).ToArray();
        _blocks =
        [
            .. layers.Select(layer => new Block(
                Start(layer.Weight.Index),
                layer.Bias is { } bias ? Start(bias.Index) : null,
                layer.Groups,
                layer.Outputs / layer.Groups,
                layer.FanIn,
                layer.Mean().to(precision).clone().DetachFromDisposeScope(),
                layer.Variance().to(precision).rsqrt().DetachFromDisposeScope(),
                1 / Math.Sqrt(layer.SquaredNorm))),
        ];

        long Start(int index) => sizes.Take(index).Sum();
    }

    /// <summary>The number p of parameters.</summary>
    public long Dimension { get; }

    /// <summary>Element type of the root and of the vectors that it multiplies.</summary>
    public ScalarType Precision { get; }

    /// <summary>P P^T / q^2.</summary>
    public SymmetricOperator Preconditioner => new(Dimension, Precision, rows =>
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(Times(TransposedTimes(rows)));
    });

    /// <summary>Returns P^T H P / q^2: the Hessian in the coordinates in which the steps are plain gradient descent.</summary>
    /// <param name="H">Hessian of the same parameters.</param>
    public SymmetricOperator Of(SymmetricOperator H)
    {
        if ((H.Dimension, H.Precision) != (Dimension, Precision))
        {
            throw new ArgumentException(
                $"the operator has dimension {H.Dimension} in {H.Precision}; it must have dimension {Dimension} in {Precision}", nameof(H));
        }
        return H with
        {
            Times = rows =>
            {
                using var scope = NewDisposeScope();
                return scope.MoveToOuter(TransposedTimes(H.Times(Times(rows))));
            },
        };
    }

    /// <summary>Computes P z / q for each of the rows z [k,p]. The caller owns the result.</summary>
    public Tensor Times(Tensor rows) => Mapped(rows, transposed: false);

    /// <summary>Computes P^T g / q for each of the rows g [k,p]. The caller owns the result.</summary>
    public Tensor TransposedTimes(Tensor rows) => Mapped(rows, transposed: true);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var block in _blocks)
        {
            block.Mean.Dispose();
            block.InverseDeviation.Dispose();
        }
    }

    private Tensor Mapped(Tensor rows, bool transposed)
    {
        if (rows.dim() != 2 || rows.shape[1] != Dimension)
            throw new ArgumentException(
                $"the rows have shape [{string.Join(',', rows.shape)}]; they must be [k,{Dimension}]", nameof(rows));
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var result = rows.clone();
        var k = rows.shape[0];
        foreach (var (weights, biases, groups, outputs, fanIn, mu, inverse, q) in _blocks)
        {
            var W = result.narrow(1, weights, groups * outputs * fanIn).view(k, groups, outputs, fanIn);
            var b = biases is { } start ? result.narrow(1, start, groups * outputs).view(k, groups, outputs, 1) : null;
            if (transposed && b is not null) W.sub_(b * mu);
            W.mul_(inverse * q);
            b?.mul_(q);
            if (!transposed && b is not null) b.sub_((W * mu).sum(-1, keepdim: true));
        }
        return scope.MoveToOuter(result);
    }

    /// <param name="Weights">Start of the layer's weights.</param>
    /// <param name="Biases">Start of its biases; null if there are none to train.</param>
    /// <param name="Groups">Groups of a convolution; otherwise 1.</param>
    /// <param name="Outputs">Outputs of each group.</param>
    /// <param name="FanIn">Number n of weights of one output.</param>
    /// <param name="Mean">Means mu [groups,1,n].</param>
    /// <param name="InverseDeviation">Inverse deviations 1/sigma~ [groups,1,n].</param>
    /// <param name="InverseNorm">Inverse norm 1/q.</param>
    private sealed record Block(
        long Weights, long? Biases, long Groups, long Outputs, long FanIn, Tensor Mean, Tensor InverseDeviation, double InverseNorm);
}
