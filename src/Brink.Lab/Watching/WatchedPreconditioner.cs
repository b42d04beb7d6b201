using Brink.Edges;
using Brink.Zoo.Checkpoints;

namespace Brink.Lab;

/// <summary>The diagonal P by which an adaptive optimizer divides the gradient, from the second moments in a checkpoint: of Adam
/// sqrt(v/(1 - beta2^t)) + epsilon, of RMSProp sqrt(v) + epsilon, of Adafactor <see cref="AdafactorPreconditioner"/>.</summary>
/// <param name="Diagonal">P [p].</param>
/// <param name="HasUnused">True if a second moment is zero, or next to nothing: the training loss does not depend on its
/// parameter.</param>
public sealed record WatchedPreconditioner(Tensor Diagonal, bool HasUnused)
{
    // Root of a second moment in units of epsilon below which a parameter counts as unused.
    private const double Unused = 10;

    /// <summary>Returns P; null where the state has no second moments of the optimizer.</summary>
    /// <param name="optimizer">Optimizer.</param>
    /// <param name="state">Its state.</param>
    /// <param name="at">The point of the state.</param>
    /// <exception cref="InvalidDataException">The state does not fit the model.</exception>
    public static WatchedPreconditioner? Of(WatchedOptimizer optimizer, OptimizerState state, WatchedPoint at)
    {
        using var scope = NewDisposeScope();
        var indices = at.Indices(state);
        var parts = new List<WatchedPreconditioner>();
        foreach (var (name, theta, gradient) in at.Parts())
        {
            if (OfParameter(optimizer, state, indices[name], theta, gradient) is not { } part) return null;
            parts.Add(part);
        }
        return new(
            scope.MoveToOuter(cat([.. parts.Select(part => part.Diagonal)]).to(at.Theta.dtype)), parts.Any(part => part.HasUnused));
    }

    /// <summary>Returns P of one parameter, flat, in float64; null without second moments.</summary>
    internal static WatchedPreconditioner? OfParameter(
        WatchedOptimizer optimizer, OptimizerState state, long index, Tensor theta, Tensor gradient)
    {
        if (!state.Parameters.TryGetValue(index, out var own) || (own.Step ?? state.Step) is not { } steps || steps < 1) return null;
        using var scope = NewDisposeScope();
        var part = optimizer.Kind switch
        {
            WatchedMethod.Adam when (Moment(own, "max_exp_avg_sq") ?? Moment(own, "exp_avg_sq")) is { } v =>
                Divisor(v / (1 - Math.Pow(optimizer.SecondBeta, steps)), optimizer.Epsilon),
            WatchedMethod.RmsProp when Moment(own, "square_avg") is { } v =>
                Divisor(Moment(own, "grad_avg") is { } mean ? v - mean.square() : v, optimizer.Epsilon),
            WatchedMethod.Adafactor => Adafactor(optimizer, own, steps, theta, gradient),
            _ => null,
        };
        return part is null ? null : part with { Diagonal = scope.MoveToOuter(part.Diagonal) };
    }

    private static WatchedPreconditioner Divisor(Tensor variance, double epsilon)
    {
        var divisor = variance.sqrt().flatten() + epsilon;
        return new(divisor, divisor.numel() > 0 && divisor.min().ToDouble() < Unused * epsilon);
    }

    private static WatchedPreconditioner? Adafactor(
        WatchedOptimizer optimizer, ParameterState state, long steps, Tensor theta, Tensor gradient)
    {
        var settings = optimizer.Adafactor;
        var stored = state.Tensors.GetValueOrDefault("variance") ?? state.Tensors.GetValueOrDefault("row_var");
        if (stored is null || optimizer.LearningRate is not { } eta) return null;
        var floor = settings.Floor ?? RoundingUnit(stored.dtype);
        var variance = Moment(state, "variance")
            ?? (Moment(state, "row_var") is { } rows && Moment(state, "col_var") is { } columns
                ? AdafactorPreconditioner.Variance(rows, columns, floor)
                : null);
        return variance is null
            ? null
            : new(
                new AdafactorPreconditioner(eta, steps, floor, settings.LeastScale, settings.Threshold)
                    .Of(theta, gradient, variance.flatten()),
                variance.numel() > 0 && variance.min().ToDouble() <= floor * floor);
    }

    private static Tensor? Moment(ParameterState state, string name) =>
        state.Tensors.GetValueOrDefault(name)?.to(ScalarType.Float64);

    /// <summary>The distance of 1 and the next number, PyTorch's default for the least root of a second moment.</summary>
    private static double RoundingUnit(ScalarType type) => Math.Pow(2, type switch
    {
        ScalarType.Float64 => -52,
        ScalarType.Float16 => -10,
        ScalarType.BFloat16 => -7,
        _ => -23,
    });
}
