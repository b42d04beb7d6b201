namespace Brink.Graphs.Export;

/// <summary>The inputs and outputs of a program: what the caller gives, what the file stores, what is returned.</summary>
/// <param name="Inputs">Inputs that the caller gives.</param>
/// <param name="Tensors">Inputs that the file stores, in its order.</param>
/// <param name="Literals">Inputs that were fixed at the export, by name.</param>
/// <param name="Outputs">Returned values, with the names of the file.</param>
/// <param name="UpdatedBuffers">Titles of buffers that the program updates.</param>
/// <param name="Constants">Number of outputs that are constants and not part of <paramref name="Outputs"/>.</param>
internal sealed record ProgramSignature(
    IReadOnlyList<GraphInput> Inputs,
    IReadOnlyList<StoredTensor> Tensors,
    IReadOnlyDictionary<string, Argument> Literals,
    IReadOnlyList<string> Outputs,
    IReadOnlyList<string> UpdatedBuffers,
    int Constants)
{
    /// <summary>Reads the signature and the lists of the graph that go with it.</summary>
    /// <exception cref="GraphException">The signature is damaged, or has inputs or outputs that are not supported.</exception>
    public static ProgramSignature Of(Field module)
    {
        var (signature, graph) = (module["signature"], module["graph"]);
        var (inputs, tensors) = (new List<GraphInput>(), new List<StoredTensor>());
        var literals = new Dictionary<string, Argument>(StringComparer.Ordinal);
        var specs = signature["input_specs"].Items;
        CheckCount(graph["inputs"], specs.Count, "inputs");
        foreach (var spec in specs)
        {
            var (kind, value) = spec.Union;
            switch (kind)
            {
                case "user_input":
                    inputs.Add(Input(value["arg"], graph["tensor_values"]));
                    break;
                case "parameter" or "buffer" or "tensor_constant":
                    tensors.Add(StoredTensor.Of(kind, value, graph["tensor_values"]));
                    break;
                case "constant_input":
                    var name = value["name"].Text;
                    if (!literals.TryAdd(name, Literal(value["value"])))
                        throw spec.Wrong($"two inputs have the name {Quoted.Of(name)}; the file is damaged, save it again");
                    break;
                case "custom_obj" or "token":
                    throw spec.Wrong($"inputs of the kind {kind} are not supported; export a model without custom objects");
                default:
                    throw spec.Wrong($"the kind of input {Quoted.Of(kind)} is unknown; save again with PyTorch 2.14 or older");
            }
        }
        var (outputs, updated, constants) = ReturnedBy(signature, graph);
        return new(inputs, tensors, literals, outputs, updated, constants);
    }

    private static (List<string> Outputs, List<string> UpdatedBuffers, int Constants) ReturnedBy(Field signature, Field graph)
    {
        var (outputs, updated, constants) = (new List<string>(), new List<string>(), 0);
        var specs = signature["output_specs"].Items;
        CheckCount(graph["outputs"], specs.Count, "outputs");
        foreach (var spec in specs)
        {
            var (kind, value) = spec.Union;
            switch (kind)
            {
                case "loss_output":
                    outputs.Add(value["arg"]["name"].Text);
                    break;
                case "user_output" when ArgumentReader.Of(value["arg"]) is Argument.Reference(var name):
                    outputs.Add(name);
                    break;
                case "user_output":
                    constants++;
                    break;
                case "buffer_mutation":
                    updated.Add(value["buffer_name"].Text);
                    break;
                case "gradient_to_parameter" or "gradient_to_user_input":
                    throw spec.Wrong("the program returns gradients; export the forward pass alone");
                case "user_input_mutation" or "parameter_mutation" or "token":
                    throw spec.Wrong($"outputs of the kind {kind} are not supported; export a model without side effects");
                default:
                    throw spec.Wrong($"the kind of output {Quoted.Of(kind)} is unknown; save again with PyTorch 2.14 or older");
            }
        }
        return outputs.Count > 0
            ? (outputs, updated, constants)
            : throw signature.Wrong("the program returns no tensor; export one that does");
    }

    private static void CheckCount(Field list, int expected, string what)
    {
        if (list.Items.Count is var count && count != expected)
            throw list.Wrong($"the graph has {count} {what} and the signature {expected}; the file is damaged, save it again");
    }

    private static GraphInput Input(Field argument, Field values) => argument.Union switch
    {
        ("as_tensor", var tensor) => TensorInput(tensor["name"].Text, values),
        ("as_sym_int", var symbol) => new(symbol["as_name"].Text, ElementType.Int64, []),
        ("as_sym_float", var symbol) => new(symbol["as_name"].Text, ElementType.Float64, []),
        ("as_sym_bool", var symbol) => new(symbol["as_name"].Text, ElementType.Bool, []),
        var (kind, _) => throw argument.Wrong($"inputs of the kind {Quoted.Of(kind)} are not supported; export with tensors as inputs"),
    };

    private static GraphInput TensorInput(string name, Field values)
    {
        var meta = values.At($"{values.Place}: input {Quoted.Of(name)}")[name];
        return new(name, Enumerations.ElementTypeOf(meta["dtype"]), [.. meta["sizes"].Items.Select(Size)]);
    }

    private static long? Size(Field size) => size.Union switch
    {
        ("as_int", var integer) => integer.Size,
        ("as_expr", _) => null,
        var (kind, _) => throw size.Wrong($"the kind of size {Quoted.Of(kind)} is unknown; save again with PyTorch 2.14 or older"),
    };

    private static Argument Literal(Field value) => value.Union.Kind is "as_none" or "as_int" or "as_float" or "as_string" or "as_bool"
        ? ArgumentReader.Of(value)
        : throw value.Wrong($"the kind of constant {Quoted.Of(value.Union.Kind)} is unknown; save again with PyTorch 2.14 or older");
}
