namespace Brink.Runs;

/// <summary>How one variant fared at one batch size.</summary>
/// <param name="LearningRate">That was chosen.</param>
/// <param name="Steps">Made.</param>
/// <param name="Seconds">That they took, without evaluations and measurements.</param>
/// <param name="FinalLoss">Cross-entropy on the first training images, as the network is used (running statistics); null where
/// it is not finite.</param>
/// <param name="Accuracy">Share of the test images told right.</param>
/// <param name="ConditionNumber">At the last moment, of the Hessian that the steps feel: for BNP the preconditioned
/// one.</param>
/// <param name="PlainConditionNumber">Of the Hessian itself; the same but for BNP.</param>
/// <param name="Spread">Of the same Hessian as the condition number.</param>
/// <param name="Reason">Why there is no condition number.</param>
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
