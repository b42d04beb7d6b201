using Brink.Monitoring;
using Brink.Runs;

namespace Brink.Lab;

/// <summary>Converts advice on learning rates to rows of the run store.</summary>
internal static class AdviceRows
{
    public static IReadOnlyList<AdviceRow> Of(IEnumerable<StepAdvice> advice) =>
        [.. advice.Select(one => new AdviceRow(one.Method, one.LargestStep, one.Reason))];

    public static WarmUpRow Of(WarmUp warmUp) => new(warmUp.Target, warmUp.Highest, warmUp.End, warmUp.Reason);
}
