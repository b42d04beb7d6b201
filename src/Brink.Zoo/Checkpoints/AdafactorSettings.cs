namespace Brink.Zoo.Checkpoints;

/// <summary>The settings that only torch.optim.Adafactor has.</summary>
/// <param name="Floor">The first of <c>eps</c>: the least root of a second moment; null: the rounding unit of the parameter's
/// type.</param>
/// <param name="LeastScale">The second of <c>eps</c>: the least scale of a parameter.</param>
/// <param name="Threshold"><c>d</c>: the root mean square of an update from which on it is shortened.</param>
public sealed record AdafactorSettings(double? Floor = null, double LeastScale = 1e-3, double Threshold = 1);
