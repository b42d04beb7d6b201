using Brink.Runs;

namespace Brink.Reports;

/// <summary>Sentences about a comparison of learning-rate policies.</summary>
internal static class SteeringStory
{
    public static IEnumerable<string> Of(RunReader run)
    {
        var manifest = run.Manifest();
        var results = manifest.Get(SteeringSchema.Results) ?? [];
        PolicySummary[] policies =
            [.. results.GroupBy(result => result.Policy).Select(policy => new PolicySummary(policy.Key, [.. policy]))];
        if (policies.FirstOrDefault(policy => policy.Name == SteeringSchema.Constant) is not { } constant) yield break;
        yield return $"At a constant rate {constant.Diverged} of {constant.Results.Count} trainings diverged.";
        var lost = constant.Results.Where(result => result.Diverged).Select(result => (result.Multiple, result.Seed)).ToHashSet();
        foreach (var policy in policies.Where(policy => policy.Name != SteeringSchema.Constant))
        {
            var same = policy.Results.Where(result => lost.Contains((result.Multiple, result.Seed))).ToArray();
            yield return (same.Length == 0 ? $"{policy.Name}: {policy.Diverged} diverged"
                    : $"{policy.Name} saved {same.Count(result => !result.Diverged)} of the {same.Length} that it repeated")
                + (policy.MedianCost is { } cost
                    ? $"; to the target loss it took {Story.N(cost)} times the gradients of the best constant rate (median), at most"
                        + $" {Story.N(policy.LargestCost!.Value)}"
                    : "")
                + (policy.Missed > 0 ? $"; {policy.Missed} trainings ended above the target" : "")
                + ".";
        }
    }
}
