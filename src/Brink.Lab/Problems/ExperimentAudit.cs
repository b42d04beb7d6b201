using Brink.Objectives;

namespace Brink.Lab;

/// <summary>The derivative audit of a study's loss, on a micro-batch of its own data.</summary>
public static class ExperimentAudit
{
    // Both engines compute in float64 and differ by rounding only.
    private const double EngineTolerance = 1e-10;

    // Every difference in float64 costs several gradients; a few samples show a wrong derivative as well as many.
    private const int ExactSamples = 32;

    /// <summary>Scale of the random offset from the start, whose zero biases and heads would hide most errors.</summary>
    private const double Offset = 0.02;

    /// <summary>Audits the loss against differences in float64; then the whole micro-batch in float32, the precision of the
    /// descent, against float64.</summary>
    public static (AuditReport Exact, AuditReport Precision) Run(NetworkStudy study)
    {
        using var problem = new Problem(study);
        return Run(problem, study);
    }

    /// <summary>Compares the engine of truncated polynomials with autograd, both in float64; null where that engine cannot
    /// differentiate this loss.</summary>
    public static AuditReport? CompareEngines(NetworkStudy study)
    {
        using var problem = new Problem(study);
        using var scope = NewDisposeScope();
        var theta = OffsetStart(problem, study);
        var few = Math.Min(ExactSamples, problem.Samples);
        var ours = problem.Objective(ScalarType.Float64, few, few);
        return ours is Taylor.TaylorLoss
            ? new DerivativeAudit(PrecisionTolerance: EngineTolerance, Seed: study.Seed)
                .Precision(ours, problem.Autograd(ScalarType.Float64, few, few), theta)
            : null;
    }

    internal static (AuditReport Exact, AuditReport Precision) Run(Problem problem, NetworkStudy study)
    {
        using var scope = NewDisposeScope();
        var theta = OffsetStart(problem, study);
        var few = Math.Min(ExactSamples, problem.Samples);
        var whole = Math.Min(study.MicroBatch, problem.Samples);
        var audit = new DerivativeAudit(Seed: study.Seed);
        var layers = problem.Model.Layout.Parameters.Select(parameter => (parameter.Name, parameter.Size)).ToArray();
        var exact = audit.At(problem.Objective(ScalarType.Float64, few, few), theta, layers);
        var precision = audit.Precision(
            problem.Objective(ScalarType.Float32, whole, whole),
            problem.Objective(ScalarType.Float64, whole, whole),
            theta);
        return (exact, precision);
    }

    private static Tensor OffsetStart(Problem problem, NetworkStudy study)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)study.Seed + 1, CPU);
        var offset = randn(problem.Model.Dimension, dtype: ScalarType.Float64, generator: generator);
        return scope.MoveToOuter(problem.Initial() + (Offset * offset));
    }
}
