using Microsoft.ML.OnnxRuntime;

namespace Brink.Graphs.Tests.Models;

/// <summary>ONNX Runtime as an independent implementation, in float32.</summary>
internal static class Runtime
{
    /// <summary>Evaluates a model.</summary>
    /// <param name="model">The file's bytes, or a path where tensors are in other files.</param>
    /// <param name="inputs">Inputs with the types that the model declares.</param>
    /// <returns>The first output, widened to float64.</returns>
    public static Tensor Output(object model, IEnumerable<(GraphInput Input, Tensor Data)> inputs)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        using var session = model is byte[] bytes ? new InferenceSession(bytes, options) : new InferenceSession((string)model, options);
        var values = inputs.ToDictionary(pair => pair.Input.Name, pair => Value(pair.Input.Type, pair.Data), StringComparer.Ordinal);
        using var run = new RunOptions();
        using var outputs = session.Run(run, values, [session.OutputNames[0]]);
        foreach (var value in values.Values) value.Dispose();
        var output = outputs[0];
        return tensor(output.GetTensorDataAsSpan<float>().ToArray()).reshape(output.GetTensorTypeAndShape().Shape).to(ScalarType.Float64);
    }

    private static OrtValue Value(ElementType type, Tensor data)
    {
        return type switch
        {
            ElementType.Int64 => Of<long>(ScalarType.Int64),
            ElementType.Int32 => Of<int>(ScalarType.Int32),
            ElementType.Bool => Of<bool>(ScalarType.Bool),
            _ => Of<float>(ScalarType.Float32),
        };

        OrtValue Of<T>(ScalarType scalar)
            where T : unmanaged =>
            OrtValue.CreateTensorValueFromMemory(data.to(scalar).contiguous().flatten().data<T>().ToArray(), data.shape);
    }
}
