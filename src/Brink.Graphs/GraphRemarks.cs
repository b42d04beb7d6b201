namespace Brink.Graphs;

/// <summary>Facts about a model file that change the Hessian silently.</summary>
public static class GraphRemarks
{
    private const int Named = 4;   // names in a sentence

    /// <summary>The facts, a sentence each; those of the reader come first.</summary>
    public static IReadOnlyList<string> Of(GraphModel model)
    {
        var graph = model.Graph;
        var held = model.Parameters.SelectMany(parameter => parameter.Uses.Select(use => use.Constant)).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. graph.Remarks, .. Copies(model), .. Shared(model), .. Norms(graph), .. Folded(graph, held), .. Dropout(graph),
            .. Tables(model, held), .. NotFound(model),
        ];
    }

    /// <summary>Weights that are split in two: equal constants, as they are or transposed, that are separate parameters.</summary>
    private static IEnumerable<string> Copies(GraphModel model)
    {
        var constants = model.Parameters.Where(parameter => parameter.Uses.Count == 1)
            .Select(parameter => model.Graph.Constants[parameter.Uses[0].Constant]).ToArray();
        foreach (var group in EqualConstants.Of(constants).Where(group => group.Count > 1))
        {
            var others = string.Join(", ", group.Skip(1).Select(use => use.Constant + (use.IsTransposed ? " (transposed)" : "")));
            yield return $"{group[0].Constant} equals {others}: if the exporter has split tied weights, --tie makes them one parameter.";
        }
    }

    /// <summary>Parameters of several layers: tied weights, or equal tensors that the exporter has merged.</summary>
    private static IEnumerable<string> Shared(GraphModel model)
    {
        var uses = GraphContent.Nodes(model.Graph)
            .SelectMany(node => node.Inputs.Concat(node.Attributes.Values).OfType<Argument.Reference>())
            .GroupBy(reference => reference.Name, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal);
        string[] shared = [.. model.Parameters.Where(parameter => parameter.Uses.Sum(use => uses.GetValueOrDefault(use.Constant)) > 1)
            .Where(parameter => model.Graph.Constants[parameter.Uses[0].Constant].Role != ConstantRole.Parameter)
            .Select(parameter => parameter.Name)];
        if (shared.Length > 0)
        {
            yield return $"{List(shared)}: used in several places. Exporters merge equal tensors into one (layers that start from copies,"
                + " biases of zeros): if the framework trains them separately, its Hessian is another one.";
        }
    }

    private static IEnumerable<string> Norms(Graph graph)
    {
        var norms = GraphContent.Nodes(graph).Where(node => node.Operator is "BatchNormalization" or "aten.batch_norm").ToArray();
        var inTraining = norms.Count(node => node.Attributes.GetValueOrDefault("training_mode") is Argument.Integer { Value: not 0 }
            || node.Attributes.GetValueOrDefault("training") is Argument.Integer { Value: not 0 });
        if (norms.Length > inTraining)
        {
            yield return $"{norms.Length - inTraining} batch norms use the stored statistics, as in evaluation; in training those of the"
                + " batch apply, with another Hessian.";
        }
        if (inTraining > 0) yield return $"{inTraining} batch norms use the statistics of the batch: samples depend on each other.";
    }

    /// <summary>A convolution whose shift an exporter named after its weight held a batch norm.</summary>
    private static IEnumerable<string> Folded(Graph graph, HashSet<string> held)
    {
        string[] folded = [.. graph.Constants.Keys.Where(name => held.Contains(name) && name.EndsWith("_bias", StringComparison.Ordinal)
            && held.Contains(name[..^"_bias".Length]))];
        if (folded.Length > 0)
        {
            yield return $"{List([.. folded.Select(name => name[..^"_bias".Length])])}: seem to hold a folded batch norm; they are not the"
                + " weights of the framework, and the Hessian is another one. Export without optimisation"
                + " (do_constant_folding=False, training mode preserved).";
        }
    }

    private static IEnumerable<string> Dropout(Graph graph)
    {
        var inactive = GraphContent.Nodes(graph).Count(node => node.Operator is "aten.dropout" or "Dropout");
        if (inactive > 0) yield return $"{inactive} dropouts are inactive, as in evaluation.";
    }

    private static IEnumerable<string> Tables(GraphModel model, HashSet<string> held)
    {
        var reached = Reach.Of(model.Graph, model.Outputs);
        string[] tables = [.. model.Graph.Constants.Values
            .Where(constant => constant.Role == ConstantRole.Unstated && constant.Data.Type.IsFloatingPoint() && constant.Data.Count > 1
                && reached.Contains(constant.Name) && !held.Contains(constant.Name))
            .Select(constant => $"{constant.Title} [{string.Join(',', constant.Data.Shape)}]")];
        if (tables.Length > 0) yield return $"Not taken as parameters: {List(tables)}. --parameters-matching chooses by name.";
    }

    private static IEnumerable<string> NotFound(GraphModel model)
    {
        if (model.MissingTensors.Count > 0)
            yield return $"Not found in the model, as they are, transposed or reshaped: {List(model.MissingTensors)}.";
    }

    private static string List(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(Named)) + (names.Count > Named ? $" and {names.Count - Named} more" : "");
}
