namespace Brink.Graphs.Export;

/// <summary>Facts about a program that a user should know.</summary>
/// <param name="constants">The tensors of the program.</param>
/// <param name="nodes">Its nodes.</param>
/// <param name="updatedBuffers">Titles of buffers that the program updates.</param>
/// <param name="constantOutputs">Number of outputs that are constants.</param>
internal sealed class ProgramRemarks(
    IEnumerable<GraphConstant> constants, IEnumerable<GraphNode> nodes, IReadOnlyList<string> updatedBuffers, int constantOutputs)
{
    /// <summary>The facts, a sentence each.</summary>
    public IEnumerable<string> All
    {
        get
        {
            foreach (var type in new[] { ElementType.Float16, ElementType.BFloat16 })
            {
                var titles = constants.Where(constant => constant.Data.Type == type).Select(constant => constant.Title).ToArray();
                if (titles.Length > 0) yield return $"{Count(titles)} stored as {Word(type)} and computed with in a wider type.";
            }
            var updated = updatedBuffers.Distinct(StringComparer.Ordinal).ToArray();
            if (updated.Length > 0) yield return $"{Count(updated)} updated by the program; the updates are dropped.";
            var training = nodes.Where(IsTrainingNorm).Select(node => node.Name).ToArray();
            if (training.Length > 0) yield return $"{Count(training)} batch norm in training mode: the statistics are those of the batch.";
            var (verb, noun) = constantOutputs == 1 ? ("is", "a constant") : ("are", "constants");
            if (constantOutputs > 0) yield return $"{constantOutputs} of the returned values {verb} {noun} and left out.";
        }
    }

    private static bool IsTrainingNorm(GraphNode node) =>
        node.Operator == "aten.batch_norm" && node.Attributes.GetValueOrDefault("training") is Argument.Integer(not 0);

    private static string Word(ElementType type) => type == ElementType.Float16 ? "float16" : "bfloat16";

    private static string Count(string[] names) =>
        names.Length == 1 ? $"{Quoted.OneLine(names[0])} is" : $"{Quoted.OneLine(names[0])} and {names.Length - 1} more are";
}
