using Brink.Objectives;
using Brink.Spectra;

namespace Brink.Monitoring;

/// <summary>The parameters that a monitor measures, with the eigenvectors and second moments known for them. Another instance
/// replaces it where the set of trainable parameters changes.</summary>
internal sealed class MeasuredParameters : IDisposable
{
    // Smallest relative residual tolerance of Adam's advice, whose operator changes more between readings than the others.
    private const double AdviceTolerance = 0.1;

    /// <param name="module">Module that is trained.</param>
    /// <param name="probe">Computes the loss to measure.</param>
    /// <param name="budget">Pairs that are followed, and limits of accuracy and cost.</param>
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

    /// <summary>True if the derivatives were compared with the loss.</summary>
    public bool IsChecked { get; set; }

    /// <summary>The reason why the derivatives are not confirmed by the loss; null if they are.</summary>
    public string? Undecided { get; set; }

    /// <summary>Follows the pairs of the Hessian in the optimizer's metric from reading to reading.</summary>
    public EigenpairTracker InMetric { get; }

    /// <summary>Follows the top pair of the Hessian.</summary>
    public EigenpairTracker Plain { get; }

    /// <summary>Follows the top pair of the Hessian preconditioned by Adam's second moments.</summary>
    public EigenpairTracker Preconditioned { get; }

    /// <summary>Compares the derivatives with the loss, once.</summary>
    /// <exception cref="InvalidOperationException">The derivatives are not those of the loss.</exception>
    public void Check(bool allowsFault)
    {
        IsChecked = true;
        using var scope = NewDisposeScope();
        var (theta, state) = (Parameters.Theta(), random.get_rng_state());
        // With the same dropout masks at every call the probe is a function.
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
            Undecided = "the probe returns a different loss at each call, as with a new batch each time, "
                + "so the derivatives cannot be compared with it";
            return;
        }
        var verdict = new DerivativeCheck().At(loss, theta, Parameters.Parts);
        Undecided = verdict.Undecided;
        if (verdict.Fault is not { } fault) return;
        if (!allowsFault)
            throw new InvalidOperationException($"StabilityMonitor: {fault}, or set StabilityBudget.Unchecked to measure despite this");
        Undecided = fault;
    }

    public void Dispose()
    {
        InMetric.Dispose();
        Plain.Dispose();
        Preconditioned.Dispose();
        Moments.Dispose();
    }

    private static Tensor Differentiable(Tensor loss) => loss.requires_grad || !is_grad_enabled()
        ? loss
        : throw new InvalidOperationException(
            "the loss of the probe has no graph to differentiate; compute it with the module as in training, without no_grad,"
                + " inference_mode and detach");
}
