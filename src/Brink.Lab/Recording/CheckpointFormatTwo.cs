using System.Text.Json;
using System.Text.Json.Nodes;
using Brink.Algebra;
using Brink.Dynamics.Stabilization;

namespace Brink.Lab;

/// <summary>Reads checkpoints of format 2 and converts them to the current format: in format 2 the trajectories of a state have
/// other names, and lists of results use the names of the C# properties.</summary>
internal static class CheckpointFormatTwo
{
    public const string Format = "brink-checkpoint-2";

    private const string State = "state.", Descent = State + "descent.";

    private const string FixedFrame = "fixed_frame";

    private static readonly string[] Predictions = ["predicted", "generalized", FixedFrame, "generalized_fixed_frame"];

    private static readonly string[] Json = ["results", "recorder.last"];

    public static Snapshot Read(IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string> words)
    {
        var read = words.ToDictionary(
            word => Renamed(word.Key),
            word => Json.Contains(word.Key) ? Underscored(JsonNode.Parse(word.Value))!.ToJsonString() : word.Value,
            StringComparer.Ordinal);
        if (tensors.Keys.Any(key => key.StartsWith(Descent, StringComparison.Ordinal)))
        {
            var predicted = Predictions.Where(name => tensors.ContainsKey(State + name)).Select(Trajectory);
            var followed = predicted.Prepend(SelfStabilization.FlowName).Prepend(SelfStabilization.DescentName);
            read.Add(State + "followed", string.Join(' ', followed));
        }
        return new(tensors.ToDictionary(tensor => Renamed(tensor.Key), tensor => tensor.Value, StringComparer.Ordinal), read);
    }

    private static string Renamed(string key) =>
        key.StartsWith(Descent, StringComparison.Ordinal) ? $"{State}{SelfStabilization.DescentName}.{key[Descent.Length..]}"
        : Predictions.FirstOrDefault(name => key == State + name) is { } name ? $"{State}{Trajectory(name)}.displacement"
        : key;

    private static string Trajectory(string name) => name == FixedFrame ? SelfStabilization.FixedFrameName : name;

    private static JsonNode? Underscored(JsonNode? node) => node switch
    {
        JsonObject members => new JsonObject(members.Select(member =>
            KeyValuePair.Create(JsonNamingPolicy.SnakeCaseLower.ConvertName(member.Key), Underscored(member.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Underscored)]),
        _ => node?.DeepClone(),
    };
}
