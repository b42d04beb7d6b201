using Brink.Objectives;

namespace Brink.Optimizers.SaddleEscape;

/// <summary>Runs perturbed SGD or cubic Newton on a module's parameters, inside any training loop.</summary>
/// <remarks>The loop's loss closure is called as often as the method needs it: it must give the same for the same parameters
/// within a step (one batch; dropout off). The samples are the loop's. Batch sizes of a method count only where they are
/// numbers of random directions, in the zeroth-order variants.</remarks>
public sealed class ModuleOptimizer
{
    private readonly ModuleParameters _parameters;
    private readonly ClosureObjective _objective;
    private readonly Func<Tensor, Tensor> _advance;

    private ModuleOptimizer(ModuleParameters parameters, ClosureObjective objective, Func<Tensor, Tensor> advance) =>
        (_parameters, _objective, _advance) = (parameters, objective, advance);

    /// <param name="module">Module that is trained; frozen parameters stay unchanged.</param>
    /// <param name="parameters">Parameters of the method.</param>
    /// <param name="generator">Random number generator of the noise.</param>
    /// <param name="smoothing">Radius of the smoothing; null: gradients by differentiation.</param>
    /// <exception cref="ArgumentException">The module has nothing to train.</exception>
    public static ModuleOptimizer PerturbedSgd(
        nn.Module module, PerturbedSgdParameters parameters, Generator generator, double? smoothing = null)
    {
        var (theta, objective, oracle) = Wrapped(module, smoothing);
        var method = new PerturbedSgd(oracle, parameters, generator);
        var (steps, lastNoise) = (0L, (long?)null);
        return new(theta, objective, at =>
        {
            var next = method.Step(new(at, steps, lastNoise));
            (steps, lastNoise) = (next.Step, next.LastNoise);
            return next.Theta;
        });
    }

    /// <inheritdoc cref="PerturbedSgd"/>
    public static ModuleOptimizer CubicNewton(
        nn.Module module, CubicNewtonParameters parameters, Generator generator, double? smoothing = null)
    {
        var (theta, objective, oracle) = Wrapped(module, smoothing);
        var method = new CubicNewton(oracle, parameters, generator);
        var steps = 0L;
        return new(theta, objective, at =>
        {
            var next = method.Step(new(at, steps, null, 0, true));
            steps = next.Step;
            return next.Theta;
        });
    }

    /// <summary>Makes one step.</summary>
    /// <param name="loss">Computes the loss on the batch of this step, a scalar.</param>
    /// <returns>The loss before the step.</returns>
    /// <exception cref="NonFiniteGradientException">A derivative is not finite: the exception names parameter and step, and the
    /// module is unchanged.</exception>
    public double Step(Func<Tensor> loss)
    {
        using var scope = NewDisposeScope();
        double? before = null;
        _objective.Loss = () =>
        {
            var value = loss();
            before ??= value.ToDouble();
            return value;
        };
        var theta = _parameters.Theta();
        try
        {
            using var next = _advance(theta);
            _parameters.Set(next);
        }
        catch (Exception e)
        {
            // The loss may have been computed at other parameters.
            _parameters.Set(theta);
            if (e is NonFiniteGradientException found) throw found.In(_parameters);
            throw;
        }
        return before!.Value;
    }

    private static (ModuleParameters Theta, ClosureObjective Objective, IStochasticObjective Oracle) Wrapped(
        nn.Module module, double? smoothing)
    {
        var theta = new ModuleParameters(module);
        var objective = new ClosureObjective(theta);
        return (theta, objective, smoothing is { } nu ? new GaussianSmoothing(objective, nu) : objective);
    }
}
