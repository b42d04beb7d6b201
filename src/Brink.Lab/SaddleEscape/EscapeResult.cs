using Brink.Runs;

namespace Brink.Lab;

/// <param name="Method">psgd, psgd-rest, sgd, scrn, cubic-newton, zpsgd or zscrn.</param>
/// <param name="Condition">strong-growth, bounded-variance or noiseless.</param>
/// <param name="Against">1/eps or dimension.</param>
/// <param name="Slope">Slope of the median calls.</param>
/// <param name="Theory">Exponent of the theory; null where the theory gives no exponent.</param>
/// <param name="Points">Points in the order of growing x.</param>
internal sealed record EscapeResult(
    string Method, string Condition, string Against, LogLogSlope Slope, double? Theory, IReadOnlyList<EscapePoint> Points);
