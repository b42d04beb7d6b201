using Brink.Objectives;
using Brink.Spectra;

namespace Brink.Monitoring;

/// <summary>The parameters that a monitor measures, and the eigenvectors and second moments known of them. Where the set of
/// trainable parameters changes, another one takes its place.</summary>
internal sealed class MeasuredParameters : IDisposable
{
    // Relative residual that is good enough for Adam's advice, whose operator changes more from reading to reading than the others.
    private const double AdviceTolerance = 0.1;

    /// <param name="module">What is trained.</param>
    /// <param name="probe">The loss to measure.</param>
    /// <param name="budget">What is followed, and how well.</param>
    public MeasuredParameters(nn.Module module, Func<Tensor> probe, StabilityBudget budget)
    {
        var tracking = new EigenpairParameters(budget.Pairs, budget.Tolerance, MaxProducts: budget.MaxProducts);
        InMetric = new(tracking);
        Plain = new(tracking with { Pairs = 1 });
        Preconditioned = new(tracking with { Pairs = 1, Tolerance = Math.Max(AdviceTolerance, budget.Tolerance) });
        Parameters = new(module);
        Loss = Parameters.Sum(1, _ => Differentiable(probe()));
    }

    public ModuleParameters Parameters { get; }

    public DifferentiableSum Loss { get; }

    public SecondMoments Moments { get; } = new();

    /// <summary>Whether their derivatives were compared with the loss.</summary>
    public bool IsChecked { get; set; }

    /// <summary>Why that could not be decided; null where it could.</summary>
    public string? Undecided { get; set; }

    /// <summary>Follows the pairs of the Hessian in the optimizer's metric from reading to reading.</summary>
    public EigenpairTracker InMetric { get; }

    /// <summary>Follows the top pair of the Hessian.</summary>
    public EigenpairTracker Plain { get; }

    /// <summary>Follows the top pair of the Hessian preconditioned by Adam's second moments.</summary>
    public EigenpairTracker Preconditioned { get; }

    /// <summary>Compares the derivatives with the loss, once.</summary>
    /// <exception cref="InvalidOperationException">They are not those of the loss.</exception>
    public void Check(bool goesOn)
    {
        IsChecked = true;
        using var scope = NewDisposeScope();
        var (theta, state) = (Parameters.Theta(), random.get_rng_state());
        // The same masks at every call: a dropout that is measured as it is found is a function then.
        var loss = Loss with
        {
            Term = (theta, i) =>
            {
                random.set_rng_state(state);
                return Loss.Term(theta, i);
            },
        };
        var (first, again) = (loss.Loss(theta), loss.Loss(theta));
        if (!first.Equals(again))
        {
            Undecided = "the probe gives another loss at each call, as with fresh batches, so that derivatives cannot be compared with it";
            return;
        }
        var verdict = new DerivativeCheck().At(loss, theta, Parameters.Parts);
        Undecided = verdict.Undecided;
        if (verdict.Fault is not { } fault) return;
        if (!goesOn)
            throw new InvalidOperationException($"StabilityMonitor: {fault}; StabilityBudget.Unchecked measures all the same");
        Undecided = fault;
    }

    public void Dispose()
    {
        InMetric.Dispose();
        Plain.Dispose();
        Preconditioned.Dispose();
        Moments.Dispose();
    }

    private static Tensor Differentiable(Tensor loss) => loss.requires_grad || !is_grad_enabled() ? loss : throw new InvalidOperationException(
        "the probe's loss has no graph to differentiate: compute it by the module as training does, without no_grad,"
            + " inference_mode or detach");
}
