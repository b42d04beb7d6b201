using System.Globalization;
using Brink.Taylor;

namespace Brink.Graphs;

/// <summary>A graph whose parameters are chosen: a model that Brink differentiates.</summary>
/// <remarks>Numbers are computed in float64, or in the precision of the objective where they depend on the parameters.</remarks>
public sealed class GraphModel
{
    private readonly HashSet<string> _held;

    private GraphModel(Graph graph, IReadOnlyList<string> outputs, IReadOnlyList<GraphParameter> parameters, IReadOnlyList<string> missing)
    {
        (Graph, Outputs, Parameters, MissingTensors) = (graph, outputs, parameters, missing);
        _held = parameters.SelectMany(parameter => parameter.Uses).Select(use => use.Constant).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>The graph.</summary>
    public Graph Graph { get; }

    /// <summary>Names of the values that the model returns.</summary>
    public IReadOnlyList<string> Outputs { get; }

    /// <summary>The parameters in the order of theta.</summary>
    public IReadOnlyList<GraphParameter> Parameters { get; }

    /// <summary>Names of the tensors of a state dictionary that the graph does not hold.</summary>
    public IReadOnlyList<string> MissingTensors { get; }

    /// <summary>The number of parameters p.</summary>
    public long Dimension => Parameters.Sum(parameter => parameter.Count);

    /// <summary>Chooses the parameters by the default rule, or by patterns of names.</summary>
    /// <param name="graph">Graph.</param>
    /// <param name="selection">The choice.</param>
    /// <param name="output">Name of the output, if the graph has several; null for its single one.</param>
    /// <exception cref="GraphException">An operator or the output is missing, or nothing is a parameter.</exception>
    public static GraphModel Of(Graph graph, ParameterSelection selection, string? output = null)
    {
        var outputs = Checked(graph, output);
        var constants = ParameterRule.Of(graph, outputs, selection);
        var groups = selection.Ties
            ? EqualConstants.Of(constants)
            : [.. constants.Select(constant => new[] { new ParameterUse(constant.Name, IsTransposed: false) })];
        var parameters = Laid(groups.Select(group =>
        {
            var constant = graph.Constants[group[0].Constant];
            return (constant.Title, constant.Data.Shape, group);
        }));
        return NotEmpty(new(graph, outputs, parameters, []));
    }

    /// <summary>Chooses as parameters the tensors of a state dictionary that the graph holds, as they are, transposed or
    /// reshaped, under the names of the dictionary.</summary>
    /// <param name="graph">Graph.</param>
    /// <param name="tensors">Names and tensors of the dictionary.</param>
    /// <param name="output">Name of the output, if the graph has several; null for its single one.</param>
    /// <exception cref="GraphException">An operator or the output is missing, or no tensor is found.</exception>
    public static GraphModel Of(Graph graph, IReadOnlyList<(string Name, TensorData Data)> tensors, string? output = null)
    {
        var outputs = Checked(graph, output);
        var reached = Reach.Of(graph, outputs);
        GraphConstant[] floating = [.. graph.Constants.Values.Where(constant => constant.Data.Type.IsFloatingPoint())];
        var (found, missing) = StateDictionary.Find(
            [.. floating.Where(constant => reached.Contains(constant.Name))],
            [.. floating.Where(constant => !reached.Contains(constant.Name))],
            tensors);
        var parameters = Laid(found.Select(tensor => (tensor.Name, tensor.Data.Shape, tensor.Uses)));
        return NotEmpty(new(graph, outputs, parameters, missing));
    }

    /// <summary>The same model with other values of constants that are no parameters, such as the statistics of batch
    /// norm.</summary>
    /// <param name="values">Values by the titles of constants; other names are ignored.</param>
    /// <exception cref="GraphException">A shape does not fit.</exception>
    public GraphModel WithConstants(IReadOnlyDictionary<string, TensorData> values)
    {
        var constants = Graph.Constants.ToDictionary(StringComparer.Ordinal);
        foreach (var constant in Graph.Constants.Values)
        {
            if (_held.Contains(constant.Name) || !values.TryGetValue(constant.Title, out var data)) continue;
            if (!data.Shape.SequenceEqual(constant.Data.Shape))
            {
                throw new GraphException(
                    $"the constant '{constant.Title}' is [{string.Join(',', constant.Data.Shape)}]; the values that replace it are"
                        + $" [{string.Join(',', data.Shape)}]");
            }
            constants[constant.Name] = constant with { Data = data };
        }
        return new(Graph with { Constants = constants }, Outputs, Parameters, MissingTensors);
    }

    /// <summary>The same model with every batch norm in training mode, with the statistics of the samples.</summary>
    /// <exception cref="GraphException">The graph has no batch norm.</exception>
    public GraphModel WithBatchStatistics() => new(TrainingNorms.Of(Graph), Outputs, Parameters, MissingTensors);

    /// <summary>The parameters of the file, theta [p] in float64.</summary>
    public Tensor Theta()
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(cat([.. Parameters.Select(parameter =>
        {
            var use = parameter.Uses[0];
            var values = Graph.Constants[use.Constant].Data.ToTensor();
            return (use.IsTransposed ? values.transpose(-1, -2) : values).flatten();
        })]));
    }

    /// <summary>The single output as a function of the parameters.</summary>
    /// <param name="inputs">The inputs by name; those of floating point are taken in float64.</param>
    /// <exception cref="GraphException">The inputs do not fit, or an operator fails.</exception>
    public Value Output(IReadOnlyDictionary<string, Tensor> inputs) => Evaluate(inputs)[0].AsValue();

    /// <summary>Evaluates the model.</summary>
    /// <param name="inputs">The inputs by name.</param>
    /// <returns>The outputs as functions of the parameters.</returns>
    /// <exception cref="GraphException">The inputs do not fit, or an operator fails.</exception>
    internal IReadOnlyList<Quantity> Evaluate(IReadOnlyDictionary<string, Tensor> inputs)
    {
        var values = new GraphScope();
        foreach (var constant in Graph.Constants.Values)
            if (!_held.Contains(constant.Name)) values[constant.Name] = Quantity.Of(Exact(constant.Data));
        foreach (var parameter in Parameters)
        {
            var value = Quantity.Of(Value.Parameter(parameter.Offset, [parameter.Count]), [.. parameter.Shape]);
            foreach (var use in parameter.Uses)
            {
                var turned = use.IsTransposed ? value.Swap(-1, -2) : value;
                values[use.Constant] = turned.Reshape([.. Graph.Constants[use.Constant].Data.Shape]);
            }
        }
        foreach (var input in Graph.Inputs)
            values[input.Name] = Quantity.Of(Fitting(input, inputs.GetValueOrDefault(input.Name)));
        return values.Evaluate(Graph with { Outputs = Outputs });
    }

    /// <summary>The tensor of a constant that is no parameter. A scalar is the number that it stands for.</summary>
    private static Tensor Exact(TensorData data) => data is { Type: ElementType.Float32, Count: 1 }
        ? tensor(ExactNumber.Of(BitConverter.ToSingle(data.Bytes.Span)), dtype: ScalarType.Float64).reshape([.. data.Shape])
        : data.ToTensor();

    private static Tensor Fitting(GraphInput input, Tensor? data)
    {
        if (data is null) throw new GraphException($"the model needs the input '{input.Name}', and the data have no array of that name");
        if (input.Shape is { } shape
            && (shape.Count != data.dim() || shape.Where((size, d) => size is { } fixedSize && fixedSize != data.shape[d]).Any()))
        {
            var sizes = shape.Select(size => size?.ToString(CultureInfo.InvariantCulture) ?? "?");
            throw new GraphException(
                $"the input '{input.Name}' has the shape [{string.Join(',', sizes)}]; the data have [{string.Join(',', data.shape)}]");
        }
        if (input.Type.IsFloatingPoint()) return data.to(ScalarType.Float64);
        return data.is_floating_point()
            ? throw new GraphException($"the input '{input.Name}' is {input.Type}; the data are {data.dtype}")
            : data.to(Types.Of(input.Type));
    }

    private static IReadOnlyList<string> Checked(Graph graph, string? output)
    {
        if (GraphContent.Missing(graph) is { Count: > 0 } missing)
        {
            var all = GraphContent.Operators(graph).Count;
            throw new GraphException($"{all - missing.Count} of {all} operators known; missing {string.Join(", ", missing)}");
        }
        if (output is null)
        {
            return graph.Outputs.Count == 1
                ? graph.Outputs
                : throw new GraphException($"the model has the outputs {string.Join(", ", graph.Outputs)}; choose one with --output NAME");
        }
        return graph.Outputs.Contains(output)
            ? [output]
            : throw new GraphException($"the model has no output '{output}', only {string.Join(", ", graph.Outputs)}");
    }

    /// <summary>Lays parameters one after the other in theta.</summary>
    private static GraphParameter[] Laid(IEnumerable<(string Name, IReadOnlyList<long> Shape, IReadOnlyList<ParameterUse> Uses)> parameters)
    {
        var offset = 0L;
        return [.. parameters.Select(part =>
        {
            var parameter = new GraphParameter(part.Name, part.Shape, offset, part.Uses);
            offset += parameter.Count;
            return parameter;
        })];
    }

    private static GraphModel NotEmpty(GraphModel model) => model.Parameters.Count > 0
        ? model
        : throw new GraphException(
            "the output depends on no parameter; see 'brink model FILE' for the constants, and --parameters-matching");
}
