using Brink.Algebra;
using Brink.Objectives;
using TorchSharp.Modules;

namespace Brink.Monitoring;

/// <summary>The metric in which an optimizer's stability depends on curvature: the diagonal s [p] for which stability ends
/// where the largest eigenvalue of s (H + decay) s reaches 2.</summary>
/// <remarks>
/// <para>Every optimizer here filters the gradient g over time, divides it by a diagonal P and takes a step eta. On a quadratic
/// of curvature lambda it loses stability by an oscillation that changes sign at every step; at that frequency the filter
/// multiplies g by its gain r. The step then turns x into (1 - eta delta - eta r lambda / P) x, with delta a decoupled weight
/// decay; this is -x where eta r lambda / P = 2 - eta delta. Hence s = sqrt(2 eta r / ((2 - eta delta) P)).</para>
/// <para>Gain r: gradient descent 1; heavy ball (1 - dampening)/(1 + beta), so that the edge is S = (2 + 2 beta)/eta; Nesterov
/// 1 + beta/(1 + beta), the edge (2 + 2 beta)/((1 + 2 beta) eta); Adam (1 - beta1)/(1 + beta1), the edge of the preconditioned
/// Hessian (2 + 2 beta1)/((1 - beta1) eta) (Cohen et al. 2021, appendix; Cohen et al. 2022). P: RMSProp sqrt(v) + eps; Adam (1
/// - beta1^t)(sqrt(v/(1 - beta2^t)) + eps), both as in TorchSharp.</para>
/// <para>P is taken as constant: the edge of an adaptive optimizer is that of its present preconditioner.</para>
/// </remarks>
/// <param name="Scale">Diagonal s [p]; zero for parameters that the optimizer does not train.</param>
/// <param name="Decay">Weight decay that acts as curvature [p].</param>
/// <param name="LearningRate">Learning rate of the first group.</param>
/// <param name="Uniform">s^2 where it is the same for all parameters, and nothing decays: the largest eigenvalue is then s^2
/// S.</param>
/// <param name="Adaptive">s^2 P where the optimizer has second moments of all it trains, and that product is the same for all:
/// the largest eigenvalue is then s^2 P times that of the Hessian preconditioned by P.</param>
internal sealed record StabilityMetric(Tensor Scale, Tensor Decay, double LearningRate, double? Uniform, double? Adaptive)
{
    private bool IsPreconditioned { get; init; }

    /// <summary>Momentum beta where the optimizer is gradient descent with momentum, or without it (0), the same for all it trains;
    /// otherwise null.</summary>
    public double? Momentum { get; private init; }

    /// <summary>Names of the parameters that the optimizer trains, in the order of theta.</summary>
    public IReadOnlyList<string> Trained { get; private init; } = [];

    /// <summary>Returns the metric of the optimizer in its present state; the caller owns both tensors.</summary>
    /// <exception cref="ArgumentException">The optimizer's stability is not known here, or it trains none of the
    /// parameters.</exception>
    public static StabilityMetric Of(optim.Optimizer optimizer, ModuleParameters parameters)
    {
        if (optimizer is not OptimizerHelper helper) throw Unknown(optimizer);
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var state = helper.state_dict().State;
        var squares = parameters.Leaves.Select(leaf => zeros_like(leaf).detach()).ToArray();
        var decays = parameters.Leaves.Select(leaf => zeros_like(leaf).detach()).ToArray();
        var (number, rate) = (0, double.NaN);
        var trained = new HashSet<int>();
        var (uniform, adaptive, momenta) = (new HashSet<double>(), new HashSet<double>(), new HashSet<double>());
        foreach (var group in optimizer.ParamGroups.Cast<ParamGroup>())
        {
            var options = group.Options;
            var eta = options.LearningRate ?? group.LearningRate;
            if (double.IsNaN(rate)) rate = eta;
            foreach (var parameter in group.Parameters)
            {
                var i = parameters.IndexOf(parameter);
                var own = number < state.Count ? state[number] : null;
                number++;
                if (i < 0) continue;
                trained.Add(i);
                var (gain, decay, decoupled) = Filter(options, optimizer);
                momenta.Add(options is SGD.Options { nesterov: not true, dampening: null or 0 } sgd ? sgd.momentum ?? 0 : double.NaN);
                var strength = 2 * eta * gain / (2 - (eta * decoupled));
                if (Preconditioner(options, own) is { } P)
                {
                    squares[i] = strength / P;
                    uniform.Add(double.NaN);
                    adaptive.Add(strength);
                }
                else
                {
                    squares[i] = full_like(parameters.Leaves[i], strength).detach();
                    uniform.Add(strength);
                    adaptive.Add(double.NaN);
                }
                decays[i].fill_(decay);
                if (decay != 0) uniform.Add(double.NaN);
            }
        }
        if (uniform.Count == 0)
            throw new ArgumentException(
                "the optimizer trains no parameter of the module; pass the optimizer that trains it", nameof(optimizer));
        var all = squares.All(square => square.numel() == 0 || square.min().ToDouble() > 0);
        return new(
            scope.MoveToOuter(cat([.. squares.Select(square => square.flatten())]).sqrt()),
            scope.MoveToOuter(cat([.. decays.Select(decay => decay.flatten())])),
            rate,
            all ? Only(uniform) : null,
            Only(adaptive))
        {
            IsPreconditioned = adaptive.Any(value => !double.IsNaN(value)),
            Momentum = all && Only(uniform) is not null && momenta.Count == 1 && !double.IsNaN(momenta.Single()) ? momenta.Single() : null,
            Trained = [.. parameters.Parts.Select(part => part.Name).Where((_, i) => trained.Contains(i))],
        };
    }

    /// <summary>Returns the metric of a step that clipping of the gradient shortens by a factor. A preconditioned step does not depend
    /// on the length of the gradient, and stays.</summary>
    public StabilityMetric Clipped(double factor) => factor >= 1 || IsPreconditioned
        ? this
        : this with { Scale = Scale * Math.Sqrt(factor), Uniform = Uniform * factor };

    /// <summary>Returns s (H + decay) s.</summary>
    public SymmetricOperator Of(SymmetricOperator H) => new(H.Dimension, H.Precision, rows =>
    {
        using var scope = NewDisposeScope();
        var scaled = rows * Scale;
        return scope.MoveToOuter((H.Times(scaled) + scaled * Decay) * Scale);
    });

    private static double? Only(HashSet<double> values) =>
        values.Count == 1 && values.Single() is > 0 and var one ? one : null;

    private static (double Gain, double Decay, double Decoupled) Filter(OptimizerOptions options, optim.Optimizer optimizer) =>
        options switch
        {
            SGD.Options { maximize: true } or RMSProp.Options { maximize: true }
                or Adam.Options { maximize: true } or AdamW.Options { maximize: true } =>
                throw new ArgumentException("the optimizer maximizes; minimize the negative of the loss instead", nameof(optimizer)),
            SGD.Options sgd => (
                StepGain.Momentum(sgd.momentum ?? 0, sgd.dampening ?? 0, sgd.nesterov ?? false), sgd.weight_decay ?? 0, 0),
            RMSProp.Options rms => (StepGain.Momentum(rms.momentum ?? 0), rms.weight_decay ?? 0, 0),
            Adam.Options adam => (StepGain.Adam(adam.beta1!.Value), adam.weight_decay ?? 0, 0),
            AdamW.Options adam => (StepGain.Adam(adam.beta1!.Value), 0, adam.weight_decay ?? 0),
            _ => throw Unknown(optimizer),
        };

    /// <summary>Returns P of one parameter; null where there is none. Before its first step an optimizer has no second moment,
    /// and with eps alone nothing would be stable: it then counts as not preconditioned.</summary>
    private static Tensor? Preconditioner(OptimizerOptions options, OptimizerState? state) => (options, state) switch
    {
        (RMSProp.Options rms, RMSProp.State { step: > 0 } own) => (rms.centered is true
            ? own.square_avg - own.grad_avg.square()
            : own.square_avg).sqrt() + rms.eps!.Value,
        (Adam.Options adam, Adam.State { step: > 0 } own) => Corrected(
            own.max_exp_avg_sq ?? own.exp_avg_sq, own.step, adam.beta1!.Value, adam.beta2!.Value, adam.eps!.Value),
        (AdamW.Options adam, AdamW.State { step: > 0 } own) => Corrected(
            own.max_exp_avg_sq ?? own.exp_avg_sq, own.step, adam.beta1!.Value, adam.beta2!.Value, adam.eps!.Value),
        _ => null,
    };

    private static Tensor Corrected(Tensor second, long step, double beta1, double beta2, double eps) =>
        (1 - Math.Pow(beta1, step)) * ((second / (1 - Math.Pow(beta2, step))).sqrt() + eps);

    private static ArgumentException Unknown(optim.Optimizer optimizer) => new(
        $"the edge of stability of {optimizer.GetType().Name} is unknown; use SGD, RMSProp, Adam or AdamW",
        nameof(optimizer));
}
