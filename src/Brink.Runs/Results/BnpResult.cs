namespace Brink.Runs;

/// <summary>The result of one variant at one batch size.</summary>
/// <param name="LearningRate">The chosen learning rate.</param>
/// <param name="Steps">Number of steps made.</param>
/// <param name="Seconds">Time of the steps, without evaluations and measurements.</param>
/// <param name="FinalLoss">Cross-entropy on the first training images, with the network in evaluation mode (running
/// statistics); null if it is not finite.</param>
/// <param name="Accuracy">Share of the test images classified correctly.</param>
/// <param name="ConditionNumber">Condition number, at the last measurement, of the Hessian that determines the steps: for BNP
/// the preconditioned one.</param>
/// <param name="PlainConditionNumber">Condition number of the Hessian itself; differs from the former only for BNP.</param>
/// <param name="Spread">Largest over mean magnitude of the eigenvalues, of the same Hessian as the condition number.</param>
/// <param name="PlainSpread">Largest over mean magnitude of the eigenvalues of the Hessian itself.</param>
/// <param name="Reason">Reason for a missing condition number.</param>
public sealed record BnpResult(
    string Variant,
    int Batch,
    double LearningRate,
    long Steps,
    double Seconds,
    double? FinalLoss,
    double Accuracy,
    double? ConditionNumber,
    double? PlainConditionNumber,
    double? Spread,
    double? PlainSpread,
    string? Reason);
